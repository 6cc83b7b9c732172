package io.dormouse.modelserver;

/// A model that can't be loaded, and why in one sentence that its owner understands.
public final class Unloadable extends Exception {
    private static final long serialVersionUID = 1;

    public Unloadable(String message) {
        super(message);
    }

    public Unloadable(String message, Throwable cause) {
        super(message, cause);
    }

    /// Always present here.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
