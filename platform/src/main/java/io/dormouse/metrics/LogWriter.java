package io.dormouse.metrics;

/// Where the platform's rooms write the lines of instances and jobs. Never blocks for long; makes
/// the group and the stream as needed.
@FunctionalInterface
public interface LogWriter {
    /// For tests that need none.
    LogWriter NONE = (_, _, _) -> {};

    /// Appends a line now.
    ///
    /// @param group such as `/aws/sagemaker/Endpoints/churn`
    /// @param stream such as `AllTraffic/i-0a1b`
    void append(String group, String stream, String line);
}
