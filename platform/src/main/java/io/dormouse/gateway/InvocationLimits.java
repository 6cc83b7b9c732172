package io.dormouse.gateway;

import java.time.Duration;

/// What one invocation may take.
///
/// @param payloadBytesMax of the request and of the answer, each; serverless's own on AWS is 4 MB
/// @param answerWait until the container's answer, AWS's 60 s
/// @param startWait for an instance: AWS gives a container 3 minutes to become healthy
public record InvocationLimits(long payloadBytesMax, Duration answerWait, Duration startWait) {
    /// As AWS, with the payloads of a real-time endpoint.
    public static final InvocationLimits DEFAULT =
            new InvocationLimits(6_291_456, Duration.ofSeconds(60), Duration.ofMinutes(3));
}
