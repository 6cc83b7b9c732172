package io.dormouse.worker;

import java.util.Objects;

/// An instance or a program could not be started; the message is a sentence for its owner.
public final class StartFailed extends Exception {
    private static final long serialVersionUID = 1;

    /// Whose fault it is.
    public enum Cause {
        /// The artifact cannot be served, whatever the machine.
        MODEL,
        /// It does not fit the memory that was asked for.
        MEMORY,
        /// It took longer than it may.
        TIMEOUT,
        /// The model server ended, or did not do what it must, before it was ready.
        BROKEN,
        /// The machine is full: the message says of what.
        CAPACITY,
        /// This platform cannot run it: no such engine, a broken installation.
        PLATFORM
    }

    private final Cause reason;

    public StartFailed(Cause reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StartFailed(Cause reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /// Never null: the constructors ask for one.
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    public Cause reason() {
        return reason;
    }
}
