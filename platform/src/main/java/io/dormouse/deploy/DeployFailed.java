package io.dormouse.deploy;

/// A deployment did not come about; the message says why and what was done about it.
public final class DeployFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DeployFailed(String message) {
        super(message);
    }

    public DeployFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
