package io.dormouse.wire.sign;

/// A request that is not what its signature says, or a body that is not what its request says. Each
/// service has its own words for it.
public final class SignatureRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// What is wrong.
    public enum Reason {
        MISSING,
        MALFORMED,
        MALFORMED_QUERY,
        UNKNOWN_KEY,
        BAD_TOKEN,
        MISMATCH,
        UNSIGNED_HEADER,
        SKEWED,
        EXPIRED,
        PAYLOAD_MISMATCH,
        CHECKSUM_MISMATCH,
        MALFORMED_TRAILER,
        INCOMPLETE_BODY
    }

    private final Reason reason;

    SignatureRefused(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /// The sentence for the caller.
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
