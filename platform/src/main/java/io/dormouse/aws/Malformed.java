package io.dormouse.aws;

/// A tree that is not of the shape it should have: AWS's `SerializationException`.
public final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Malformed(String message) {
        super(message);
    }
}
