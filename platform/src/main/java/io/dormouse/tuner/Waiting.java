package io.dormouse.tuner;

import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// Waits for endpoints: often at first, since a platform on this machine is ready in milliseconds
/// and AWS in minutes.
final class Waiting {
    private static final Duration FIRST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /// Serverless endpoints were seen to take longer than ten minutes on AWS.
    private static final Duration ENOUGH = Duration.ofMinutes(60);

    private Waiting() {}

    /// Returns when the endpoint has settled: nothing where it is in service, else why not.
    static Optional<String> untilSettled(SageMakerClient sageMaker, String name) {
        Duration pause = FIRST;
        for (long waited = 0; waited < ENOUGH.toMillis(); waited += pause.toMillis()) {
            DescribeEndpointResponse now = sageMaker.describeEndpoint(r -> r.endpointName(name));
            switch (now.endpointStatus()) {
                case IN_SERVICE -> {
                    return Optional.empty();
                }
                case CREATING, UPDATING, SYSTEM_UPDATING, ROLLING_BACK -> {}
                default -> {
                    return Optional.of(
                            Optional.ofNullable(now.failureReason())
                                    .orElse("The endpoint is " + now.endpointStatusAsString()));
                }
            }
            if (!paused(pause)) {
                throw new TuneFailed("Interrupted while waiting for endpoint " + name);
            }
            Duration next = pause.multipliedBy(3).dividedBy(2);
            pause = next.compareTo(LONGEST) > 0 ? LONGEST : next;
        }
        return Optional.of(
                "The endpoint has not settled within " + ENOUGH.toMinutes() + " minutes");
    }

    /// Whether the whole pause was waited, rather than interrupted.
    static boolean paused(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Whether there is no such thing: AWS has no code of its own for that.
    static boolean isMissing(SageMakerException e) {
        return sentence(e).contains("Could not find");
    }

    /// Whether it is under way elsewhere, and may be tried again.
    static boolean isBusy(SageMakerException e) {
        return sentence(e).contains("in-progress");
    }

    /// What the service said, without the SDK's frills.
    static String sentence(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(details -> details.errorMessage())
                .filter(message -> !message.isBlank())
                .orElseGet(() -> e.getClass().getSimpleName() + " (" + e.statusCode() + ")");
    }
}
