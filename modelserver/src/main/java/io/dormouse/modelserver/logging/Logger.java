package io.dormouse.modelserver.logging;

/// What ONNX Runtime's classes use of a logger.
public final class Logger {
    private final String name;

    private Logger(String name) {
        this.name = name;
    }

    public static Logger getLogger(String name) {
        return new Logger(name);
    }

    public void warning(String message) {
        log(Level.WARNING, message);
    }

    public void log(Level level, String message) {
        if (level.isShown()) {
            System.err.println(name + ": " + message);
        }
    }

    public void log(Level level, String message, Throwable thrown) {
        log(level, message + " (" + thrown + ")");
    }
}
