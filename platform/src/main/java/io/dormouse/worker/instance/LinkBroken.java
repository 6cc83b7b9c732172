package io.dormouse.worker.instance;

import io.dormouse.worker.Fault;
import java.io.IOException;
import java.util.Objects;

/// A connection to an instance is of no more use. What is to blame, as far as the connection shows:
/// how the process ended says more.
public final class LinkBroken extends IOException {
    private static final long serialVersionUID = 1;

    private final Fault.Kind kind;

    public LinkBroken(Fault.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public LinkBroken(Fault.Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// Never null: the constructors ask for one.
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    public Fault.Kind kind() {
        return kind;
    }
}
