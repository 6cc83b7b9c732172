package io.dormouse.gateway.payload;

import java.util.Objects;

/// A reference that is not followed, with a sentence for the caller that says why.
public final class PayloadRefused extends Exception {
    private static final long serialVersionUID = 1;

    PayloadRefused(String message) {
        super(message);
    }

    /// Never null: the constructor asks for one.
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
