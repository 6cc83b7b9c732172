package io.dormouse.deploy;

import io.dormouse.definition.Desired;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;

/// Brings an endpoint from what was found to what is desired. What it made is undone in reverse
/// where a step fails; interrupted, it is made again by the next, as names say their content.
public final class Rollout {
    private final SageMakerClient sageMaker;
    private final SageMakerRuntimeClient runtime;
    private final Consumer<String> progress;
    private final Deque<Undo> undos = new ArrayDeque<>();

    private record Undo(String what, Runnable step) {}

    /// A rollout by these clients.
    ///
    /// @param progress told each step
    public Rollout(
            SageMakerClient sageMaker, SageMakerRuntimeClient runtime, Consumer<String> progress) {
        this.sageMaker = sageMaker;
        this.runtime = runtime;
        this.progress = progress;
    }

    /// Makes the change, waits for it and tries it.
    ///
    /// @param payload what it is tried with before it counts as done
    /// @return the endpoint, in service
    /// @throws DeployFailed where it could not be; all that it made is gone again, or named
    public DescribeEndpointResponse apply(Desired desired, Found found, Optional<Payload> payload) {
        EndpointWait wait = new EndpointWait(sageMaker);
        DescribeEndpointResponse done;
        try {
            makeModel(desired);
            makeConfig(desired);
            bring(desired, found, wait);
            done = inService(desired, wait);
            payload.ifPresent(each -> smokeTest(desired, each));
        } catch (SdkException | DeployFailed e) {
            throw new DeployFailed(told(e) + "\n" + rollBack(), e);
        }
        new Superseded(sageMaker, desired, progress).delete();
        return done;
    }

    private void makeModel(Desired desired) {
        String name = desired.modelName();
        if (Found.unlessMissing(() -> sageMaker.describeModel(r -> r.modelName(name))).isEmpty()) {
            progress.accept("Creating model " + name);
            sageMaker.createModel(desired.model());
            undos.push(
                    new Undo("model " + name, () -> sageMaker.deleteModel(r -> r.modelName(name))));
        }
    }

    private void makeConfig(Desired desired) {
        String name = desired.configName();
        if (Found.unlessMissing(
                        () -> sageMaker.describeEndpointConfig(r -> r.endpointConfigName(name)))
                .isEmpty()) {
            progress.accept("Creating endpoint configuration " + name);
            sageMaker.createEndpointConfig(desired.config());
            undos.push(
                    new Undo(
                            "endpoint configuration " + name,
                            () -> sageMaker.deleteEndpointConfig(r -> r.endpointConfigName(name))));
        }
    }

    private void bring(Desired desired, Found found, EndpointWait wait) {
        String name = desired.name();
        if (found.isFailed()) {
            // AWS updates no endpoint whose creation failed.
            progress.accept("Deleting endpoint " + name + ", which is Failed");
            sageMaker.deleteEndpoint(r -> r.endpointName(name));
            wait.untilDeleted(name);
        }
        if (found.endpoint().isEmpty() || found.isFailed()) {
            progress.accept("Creating endpoint " + name);
            sageMaker.createEndpoint(desired.endpoint());
            undos.push(
                    new Undo(
                            "endpoint " + name,
                            () -> {
                                sageMaker.deleteEndpoint(r -> r.endpointName(name));
                                wait.untilDeleted(name);
                            }));
            return;
        }
        DescribeEndpointResponse before = found.endpoint().get();
        retag(before.endpointArn(), found.tags(), desired.tags());
        if (!before.endpointConfigName().equals(desired.configName())) {
            update(name, before.endpointConfigName(), desired.configName(), wait);
        }
    }

    private void update(String name, String from, String to, EndpointWait wait) {
        wait.untilInService(name, status -> {});
        progress.accept("Updating endpoint " + name + " to " + to);
        sageMaker.updateEndpoint(r -> r.endpointName(name).endpointConfigName(to));
        undos.push(
                new Undo(
                        "the update of endpoint " + name + " from " + from,
                        () -> {
                            settle(name, wait);
                            sageMaker.updateEndpoint(
                                    r -> r.endpointName(name).endpointConfigName(from));
                            wait.untilInService(name, status -> {});
                        }));
    }

    /// An update cannot be undone before it has ended, however it does.
    private static void settle(String name, EndpointWait wait) {
        try {
            wait.untilInService(name, status -> {});
        } catch (DeployFailed _) {
            // That it failed is why it is undone.
        }
    }

    /// An update carries no tags. Those that are not ours are left alone.
    private void retag(String arn, Map<String, String> from, Map<String, String> to) {
        Map<String, String> before = new TreeMap<>(from);
        before.keySet().removeIf(key -> !key.startsWith("dormouse:"));
        if (before.equals(to)) {
            return;
        }
        progress.accept("Changing the endpoint's settings");
        undos.push(new Undo("the endpoint's settings", () -> setTags(arn, to, before)));
        setTags(arn, before, to);
    }

    private void setTags(String arn, Map<String, String> from, Map<String, String> to) {
        List<String> gone = new ArrayList<>(from.keySet());
        gone.removeAll(to.keySet());
        if (!gone.isEmpty()) {
            sageMaker.deleteTags(r -> r.resourceArn(arn).tagKeys(gone));
        }
        if (!to.isEmpty()) {
            sageMaker.addTags(r ->
                    r.resourceArn(arn)
                            .tags(
                                    to.entrySet().stream()
                                            .map(each ->
                                                    Tag.builder()
                                                            .key(each.getKey())
                                                            .value(each.getValue())
                                                            .build())
                                            .toList()));
        }
    }

    private DescribeEndpointResponse inService(Desired desired, EndpointWait wait) {
        DescribeEndpointResponse done =
                wait.untilInService(
                        desired.name(),
                        status -> progress.accept(desired.name() + " is " + status));
        if (!done.endpointConfigName().equals(desired.configName())) {
            throw new DeployFailed(
                    "Endpoint "
                            + desired.name()
                            + " went back to "
                            + done.endpointConfigName()
                            + Optional.ofNullable(done.failureReason())
                                    .map(reason -> ": " + reason)
                                    .orElse("."));
        }
        return done;
    }

    private void smokeTest(Desired desired, Payload payload) {
        long begin = System.nanoTime();
        InvokeEndpointResponse answer =
                runtime.invokeEndpoint(r ->
                        r.endpointName(desired.name())
                                .contentType(payload.contentType())
                                .body(payload.body()));
        progress.accept(
                "The payload was answered with %,d bytes of %s after %d ms"
                        .formatted(
                                answer.body().asByteArrayUnsafe().length,
                                answer.contentType(),
                                (System.nanoTime() - begin) / 1_000_000));
    }

    /// Undoes what was made, the last first, as far as it goes.
    private String rollBack() {
        List<String> undone = new ArrayList<>();
        List<String> left = new ArrayList<>();
        while (!undos.isEmpty()) {
            Undo undo = undos.pop();
            try {
                progress.accept("Rolling back: " + undo.what());
                undo.step().run();
                undone.add(undo.what());
            } catch (SdkException | DeployFailed e) {
                left.add(undo.what() + " (" + told(e) + ")");
            }
        }
        String done =
                undone.isEmpty()
                        ? "Nothing had been made."
                        : "Rolled back: " + String.join(", ", undone) + ".";
        return left.isEmpty() ? done : done + " Left behind: " + String.join(", ", left) + ".";
    }

    private static String told(RuntimeException e) {
        return e instanceof AwsServiceException aws && aws.awsErrorDetails() != null
                ? aws.awsErrorDetails().errorCode() + ": " + aws.awsErrorDetails().errorMessage()
                : String.valueOf(e.getMessage());
    }
}
