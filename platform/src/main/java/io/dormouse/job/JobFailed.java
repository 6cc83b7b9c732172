package io.dormouse.job;

/// A job cannot go on; the message becomes its FailureReason.
final class JobFailed extends Exception {
    private static final long serialVersionUID = 1;

    JobFailed(String message) {
        super(message);
    }

    JobFailed(String message, Throwable cause) {
        super(message, cause);
    }

    /// The caller's mistake: an object that is not there, an image that nobody runs.
    static JobFailed client(String sentence) {
        return new JobFailed("ClientError: " + sentence);
    }

    /// The program's own failure.
    static JobFailed algorithm(String sentence, int exitCode) {
        return new JobFailed("AlgorithmError: " + sentence + ", exit code: " + exitCode);
    }
}
