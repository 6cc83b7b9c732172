package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Metrics;
import io.dormouse.tuner.Measured.Outcome;
import io.dormouse.tuner.Measured.Works;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// Tries an endpoint's model at several memory sizes. The endpoint itself is only read: each size
/// gets an endpoint of its own, with the same model and the same `dormouse:` tags, which is removed
/// as soon as it has been measured.
///
/// Closing it removes what there still is, from whatever thread: after that nothing is made.
public final class Tuner implements AutoCloseable {
    /// The tag of everything that a sweep makes; its value is the endpoint that is tuned.
    public static final String TAG = "dormouse:tunes";

    private static final Duration ASK_AGAIN = Duration.ofMillis(200);

    private final Tunable tunable;
    private final InstantSource clock;
    private final Duration metricsWait;
    private final Consumer<String> progress;
    private final Belongings belongings;

    /// @param metricsWait how long metrics are waited for at the end: AWS's take minutes to come
    /// @param progress told in a line what is being done
    public Tuner(
            Tunable tunable, InstantSource clock, Duration metricsWait, Consumer<String> progress) {
        this.tunable = tunable;
        this.clock = clock;
        this.metricsWait = metricsWait;
        this.progress = progress;
        this.belongings = new Belongings(tunable.sageMaker());
    }

    /// What is tuned.
    ///
    /// @param endpoint the user's
    /// @param model that it serves
    /// @param tags of ours that it has
    public record Subject(String endpoint, String model, List<Tag> tags) {
        public Subject {
            tags = List.copyOf(tags);
        }
    }

    /// Reads the endpoint.
    ///
    /// @throws SageMakerException where there is no such endpoint
    public Subject subject(String endpoint) {
        SageMakerClient sageMaker = tunable.sageMaker();
        DescribeEndpointResponse described =
                sageMaker.describeEndpoint(r -> r.endpointName(endpoint));
        String model =
                sageMaker
                        .describeEndpointConfig(
                                r -> r.endpointConfigName(described.endpointConfigName()))
                        .productionVariants()
                        .stream()
                        .findFirst()
                        .flatMap(variant -> Optional.ofNullable(variant.modelName()))
                        .orElseThrow(() ->
                                new TuneFailed(
                                        "Endpoint " + endpoint + " has no variant with a model."));
        List<Tag> tags =
                sageMaker.listTags(r -> r.resourceArn(described.endpointArn())).tags().stream()
                        .filter(tag -> tag.key().startsWith("dormouse:"))
                        .filter(tag -> !tag.key().equals(TAG))
                        .toList();
        return new Subject(endpoint, model, tags);
    }

    /// Tries every size in its turn, the smallest first.
    ///
    /// @param run tells this sweep's names from those of others
    /// @throws TuneFailed when interrupted
    public List<Measured> run(Subject subject, Sweep sweep, List<Payload> payloads, String run) {
        Instant begin = clock.instant();
        List<Tag> tags =
                Stream.concat(
                                subject.tags().stream(),
                                Stream.of(Tag.builder().key(TAG).value(subject.endpoint()).build()))
                        .toList();
        List<Measured> all = new ArrayList<>();
        for (int memory : sweep.memoryMb()) {
            Outcome outcome =
                    new Trial(
                                    tunable,
                                    belongings,
                                    sweep,
                                    new Payloads(payloads),
                                    progress,
                                    name(subject, run, memory),
                                    subject.model(),
                                    memory)
                            .run(tags);
            all.add(new Measured(memory, outcome));
            belongings.remove().forEach(line -> progress.accept("Not removed yet: " + line));
        }
        return all.stream().map(each -> withMetrics(each, subject, run, begin)).toList();
    }

    private static String name(Subject subject, String run, int memoryMb) {
        String prefix = subject.endpoint();
        String shortened = prefix.substring(0, Math.min(prefix.length(), 30));
        return "%s-tune-%s-%d".formatted(shortened, run, memoryMb);
    }

    /// Metrics outlive their endpoint.
    private Measured withMetrics(Measured each, Subject subject, String run, Instant begin) {
        if (!(each.outcome() instanceof Works works)) {
            return each;
        }
        String endpoint = name(subject, run, each.memoryMb());
        Readings readings = new Readings(tunable.cloudWatch(), endpoint, "AllTraffic");
        Metrics metrics = Metrics.NONE;
        long from = System.nanoTime();
        try {
            do {
                metrics =
                        readings.metrics(
                                begin.minus(Duration.ofMinutes(1)),
                                clock.instant().plus(Duration.ofMinutes(1)));
            } while (metrics.starts().orElse(0.0) < works.cold().count()
                    && System.nanoTime() - from < metricsWait.toNanos()
                    && Waiting.paused(ASK_AGAIN));
        } catch (SdkException e) {
            progress.accept("CloudWatch was not read: " + e.getMessage());
        }
        return new Measured(each.memoryMb(), works.with(metrics));
    }

    /// Removes what there still is.
    ///
    /// @return for each thing that could not be removed, the line that does it by hand
    public List<String> end() {
        return belongings.end();
    }

    @Override
    public void close() {
        belongings.close();
    }
}
