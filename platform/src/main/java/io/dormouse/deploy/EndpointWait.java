package io.dormouse.deploy;

import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// Waits for endpoints, asking often at first: a platform on this machine is ready in milliseconds,
/// AWS in minutes.
public final class EndpointWait {
    private static final Duration FIRST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration ENOUGH = Duration.ofMinutes(60);

    private final SageMakerClient sageMaker;

    public EndpointWait(SageMakerClient sageMaker) {
        this.sageMaker = sageMaker;
    }

    /// Returns when the endpoint is in service.
    ///
    /// @param changed called with each new status
    /// @throws DeployFailed when it cannot be, with the platform's reason
    public DescribeEndpointResponse untilInService(String name, Consumer<String> changed) {
        String last = "";
        Duration pause = FIRST;
        for (long waited = 0; waited < ENOUGH.toMillis(); waited += pause.toMillis()) {
            DescribeEndpointResponse now = sageMaker.describeEndpoint(r -> r.endpointName(name));
            String status = now.endpointStatusAsString();
            if (!status.equals(last)) {
                changed.accept(status);
                last = status;
            }
            switch (now.endpointStatus()) {
                case IN_SERVICE -> {
                    return now;
                }
                case FAILED, OUT_OF_SERVICE, UPDATE_ROLLBACK_FAILED ->
                        throw new DeployFailed(
                                "Endpoint " + name + " is " + status + ": " + now.failureReason());
                default -> pause = pause(pause);
            }
        }
        throw new DeployFailed("Endpoint " + name + " is still " + last + " after " + ENOUGH);
    }

    public void untilDeleted(String name) {
        Duration pause = FIRST;
        for (long waited = 0; waited < ENOUGH.toMillis(); waited += pause.toMillis()) {
            try {
                DescribeEndpointResponse now =
                        sageMaker.describeEndpoint(r -> r.endpointName(name));
                if (now.endpointStatus() == EndpointStatus.FAILED) {
                    throw new DeployFailed(
                            "Endpoint " + name + " is Failed: " + now.failureReason());
                }
            } catch (SageMakerException e) {
                if (isMissing(e)) {
                    return;
                }
                throw e;
            }
            pause = pause(pause);
        }
        throw new DeployFailed("Endpoint " + name + " is still being deleted after " + ENOUGH);
    }

    /// Whether AWS says that there is no such thing: it has no code of its own for that.
    public static boolean isMissing(SageMakerException e) {
        return e.awsErrorDetails().errorMessage().contains("Could not find");
    }

    /// Returns when no instance of the endpoint is left, with how long that took.
    public Duration untilAsleep(String name) {
        long begin = System.nanoTime();
        Duration pause = FIRST;
        for (long waited = 0; waited < ENOUGH.toMillis(); waited += pause.toMillis()) {
            DescribeEndpointResponse now = sageMaker.describeEndpoint(r -> r.endpointName(name));
            boolean asleep =
                    now.productionVariants().stream()
                            .allMatch(variant ->
                                    variant.currentInstanceCount() == null
                                            || variant.currentInstanceCount() == 0);
            if (asleep) {
                return Duration.ofNanos(System.nanoTime() - begin);
            }
            pause = pause(pause);
        }
        throw new DeployFailed("Endpoint " + name + " is still awake after " + ENOUGH);
    }

    private static Duration pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeployFailed("Interrupted while waiting for an endpoint", e);
        }
        Duration next = pause.multipliedBy(3).dividedBy(2);
        return next.compareTo(LONGEST) > 0 ? LONGEST : next;
    }
}
