package io.dormouse.worker;

import java.util.Objects;

/// An instance did not do what it must. Each kind becomes AWS's error for the caller, a fresh
/// instance for the next request, and an event that says why.
public final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    /// What went wrong.
    public enum Kind {
        /// The process ended while it had the request.
        DIED,
        /// The model cannot be loaded, whatever the request: the message is a sentence for its
        /// owner.
        UNLOADABLE,
        /// The kernel or the watchdog ended it for its memory.
        OUT_OF_MEMORY,
        /// No answer in time.
        TIMEOUT,
        /// What it wrote is not HTTP.
        GARBAGE,
        /// The answer ended in its middle.
        TRUNCATED,
        /// The caller's own body could not be read to its end: the instance is not to blame.
        CALLER_GONE
    }

    private final Kind kind;

    public Fault(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Fault(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// Never null: the constructors ask for one.
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    public Kind kind() {
        return kind;
    }
}
