package io.dormouse.worker.docker;

import java.io.IOException;
import java.util.Objects;

/// The engine refused; the message is its own.
final class EngineFailed extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    EngineFailed(int status, String message) {
        super(message);
        this.status = status;
    }

    /// Never null: the constructor asks for one.
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /// No such container, or image.
    boolean isMissing() {
        return status == 404;
    }
}
