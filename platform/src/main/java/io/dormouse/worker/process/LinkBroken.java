package io.dormouse.worker.process;

import io.dormouse.worker.Fault;
import java.io.IOException;

/// A connection to an instance is of no more use. What is to blame, as far as the connection shows:
/// how the process ended says more.
final class LinkBroken extends IOException {
    private static final long serialVersionUID = 1;

    private final Fault.Kind kind;

    LinkBroken(Fault.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    LinkBroken(Fault.Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Fault.Kind kind() {
        return kind;
    }
}
