package io.dormouse.tuner;

/// A sweep cannot be made, or was interrupted; the message is a sentence for who asked for it.
public final class TuneFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TuneFailed(String message) {
        super(message);
    }

    public TuneFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
