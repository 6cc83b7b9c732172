package io.dormouse.job;

/// A job cannot go on; the message becomes its FailureReason.
final class JobFailed extends Exception {
    private static final long serialVersionUID = 1;

    JobFailed(String message, Throwable cause) {
        super(message, cause);
    }

    private JobFailed(String message) {
        super(message);
    }

    /// The caller's mistake: an object that is not there, an image that nobody runs.
    static JobFailed client(String sentence) {
        return new JobFailed("ClientError: " + sentence);
    }

    Ending.Failed ending() {
        return new Ending.Failed(String.valueOf(getMessage()));
    }
}
