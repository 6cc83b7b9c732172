package io.dormouse.trainer;

/// A failure that the owner of the job can mend, in a sentence that says what was given and what
/// was expected.
final class UserError extends Exception {
    private static final long serialVersionUID = 1;

    UserError(String message) {
        super(message);
    }

    UserError(String message, Throwable cause) {
        super(message, cause);
    }

    /// Always present here.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
