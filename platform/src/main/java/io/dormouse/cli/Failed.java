package io.dormouse.cli;

/// A command could not do what it was asked; the message says why and what to do next.
public final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Failed(String message) {
        super(message);
    }

    public Failed(String message, Throwable cause) {
        super(message, cause);
    }
}
