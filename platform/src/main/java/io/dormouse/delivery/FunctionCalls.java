package io.dormouse.delivery;

/// Gives functions events, as whoever invokes them without waiting does.
@FunctionalInterface
public interface FunctionCalls {
    /// Returns when the event is kept.
    ///
    /// @param arn of a function, with its qualifier where it has one
    /// @param event JSON
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException where there is no such
    ///   function
    void tell(String arn, String event);
}
