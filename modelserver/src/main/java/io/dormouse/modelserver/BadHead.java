package io.dormouse.modelserver;

/// A head that breaks HTTP's rules: where the next request would begin is unknown, so the
/// connection ends.
final class BadHead extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String sentence;

    BadHead(int status, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    int status() {
        return status;
    }

    String sentence() {
        return sentence;
    }
}
