package io.dormouse.modelserver.logging;

/// How much a message matters.
public final class Level {
    public static final Level FINE = new Level(false);
    public static final Level WARNING = new Level(true);
    public static final Level SEVERE = new Level(true);

    private final boolean shown;

    private Level(boolean shown) {
        this.shown = shown;
    }

    boolean isShown() {
        return shown;
    }
}
