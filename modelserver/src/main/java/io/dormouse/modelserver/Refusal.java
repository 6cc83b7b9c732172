package io.dormouse.modelserver;

/// A request that this model can't serve, and the sentence that tells its sender why.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    private Refusal(int status, String message) {
        // No stack trace: it is an answer, not a fault, and a client may provoke it at any rate.
        super(message, null, false, false);
        this.status = status;
    }

    /// 400: name the field or input, what was expected and what came.
    public static Refusal badInput(String message) {
        return new Refusal(400, message);
    }

    /// 415: name the type that came and those that are understood.
    public static Refusal unsupportedType(String message) {
        return new Refusal(415, message);
    }

    /// 406: name the type that was asked for and those that can be answered.
    public static Refusal notAcceptable(String message) {
        return new Refusal(406, message);
    }

    /// 413: the body is larger than this worker takes.
    public static Refusal tooLarge(String message) {
        return new Refusal(413, message);
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// Always present here.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
