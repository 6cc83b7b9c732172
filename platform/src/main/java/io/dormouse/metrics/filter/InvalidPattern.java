package io.dormouse.metrics.filter;

/// A text that is no filter pattern. CloudWatch Logs says either what it says of this fault, or
/// just that the pattern is invalid, which each operation words in its own way.
public final class InvalidPattern extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String sentence;
    private final boolean isWhole;

    private InvalidPattern(String sentence, boolean isWhole) {
        super(sentence);
        this.sentence = sentence;
        this.isWhole = isWhole;
    }

    /// A fault that CloudWatch Logs has a sentence for.
    static InvalidPattern saying(String sentence) {
        return new InvalidPattern(sentence, true);
    }

    static InvalidPattern term(String term) {
        return saying("Invalid character(s) in term '" + term + "'");
    }

    /// A fault of which CloudWatch Logs tells nothing.
    ///
    /// @param detail what was expected
    static InvalidPattern because(String detail) {
        return new InvalidPattern(detail, false);
    }

    /// What to answer.
    ///
    /// @param invalid how the operation calls it, such as `Invalid metric filter pattern`
    public String sentence(String invalid) {
        return isWhole ? sentence : invalid + ": " + sentence;
    }
}
