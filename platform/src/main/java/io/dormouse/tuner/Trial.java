package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Fails;
import io.dormouse.tuner.Measured.Metrics;
import io.dormouse.tuner.Measured.Outcome;
import io.dormouse.tuner.Measured.Warm;
import io.dormouse.tuner.Measured.Works;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// One memory size, tried on an endpoint of its own.
///
/// A first call is made cold again by updating the endpoint to a configuration that says the same
/// under another name: AWS and this platform alike then serve it by new instances, of which there
/// is none yet. `ModelSetupTime` counts whether that was so.
final class Trial {
    /// A warm-up is over when so many calls are no faster than as many before them.
    private static final int WINDOW = 20;

    private final Tunable tunable;
    private final Belongings belongings;
    private final Sweep sweep;
    private final Consumer<String> progress;
    private final String name;
    private final String model;
    private final int memoryMb;
    private final Callers callers;
    private final List<String> notes = new ArrayList<>();

    /// @param name of the endpoint that is made
    /// @param model of the endpoint that is tuned
    Trial(
            Tunable tunable,
            Belongings belongings,
            Sweep sweep,
            Payloads payloads,
            Consumer<String> progress,
            String name,
            String model,
            int memoryMb) {
        this.tunable = tunable;
        this.belongings = belongings;
        this.sweep = sweep;
        this.progress = progress;
        this.name = name;
        this.model = model;
        this.memoryMb = memoryMb;
        this.callers = new Callers(tunable.runtime(), payloads, name);
    }

    /// Makes the endpoint, measures, and leaves it to be removed.
    Outcome run(List<Tag> tags) {
        String one = config("one");
        try {
            belongings.endpoint(
                    name,
                    () ->
                            sageMaker()
                                    .createEndpoint(r ->
                                            r.endpointName(name)
                                                    .endpointConfigName(one)
                                                    .tags(tags)));
        } catch (SageMakerException e) {
            return fails(Waiting.sentence(e));
        }
        Optional<String> failure = Waiting.untilSettled(sageMaker(), name);
        if (failure.isPresent()) {
            return fails(failure.get());
        }
        List<Double> cold = new ArrayList<>();
        Optional<String> refused = cold(one, cold);
        if (refused.isPresent()) {
            return fails(refused.get());
        }
        return warm(Latencies.of(cold));
    }

    /// @return why the size does not work, or nothing
    private Optional<String> cold(String one, List<Double> cold) {
        String two = config("two");
        boolean enough = false;
        while (!enough) {
            if (!cold.isEmpty() && !renewed(cold.size() % 2 == 0 ? one : two)) {
                break;
            }
            try {
                cold.add(callers.call());
            } catch (SdkException e) {
                return Optional.of(Callers.sentence(e));
            }
            enough =
                    cold.size() >= sweep.cold().most()
                            || Sweep.enough(sweep.cold(), Latencies.of(cold));
        }
        say("cold: %s".formatted(figures(Latencies.of(cold))));
        return Optional.empty();
    }

    /// Whether the endpoint has new instances; where it cannot, the first calls so far must do.
    private boolean renewed(String config) {
        Optional<String> failure;
        try {
            var _ =
                    sageMaker()
                            .updateEndpoint(r -> r.endpointName(name).endpointConfigName(config));
            failure = Waiting.untilSettled(sageMaker(), name);
        } catch (SageMakerException e) {
            failure = Optional.of(Waiting.sentence(e));
        }
        failure.ifPresent(reason -> note("It could not be made cold again: " + reason));
        return failure.isEmpty();
    }

    private void note(String sentence) {
        notes.add(sentence);
        say(sentence);
    }

    private Outcome warm(Latencies cold) {
        List<Warm> all = new ArrayList<>();
        for (int concurrency : sweep.concurrencies()) {
            Callers.Outcome outcome = warm(concurrency);
            if (outcome.refused().isPresent()) {
                if (all.isEmpty()) {
                    return fails(outcome.refused().get());
                }
                note(
                        "At concurrency %d a call was refused: %s"
                                .formatted(concurrency, outcome.refused().get()));
                continue;
            }
            Latencies sample = Latencies.of(outcome.millis());
            Warm warm =
                    new Warm(
                            concurrency,
                            sample,
                            outcome.seconds(),
                            Sweep.enough(sweep.warm(), sample));
            all.add(warm);
            say(
                    "warm, %d at once: %s, p99 %.1f ms, %.0f/s"
                            .formatted(
                                    concurrency,
                                    figures(sample),
                                    sample.quantile(0.99),
                                    warm.rate()));
        }
        return new Works(cold, all, Metrics.NONE, callers.meanBytes(), notes);
    }

    private Callers.Outcome warm(int concurrency) {
        long longest = sweep.warm().longest().toNanos();
        int most = sweep.warm().most();
        long begin = System.nanoTime();
        Callers.Outcome first =
                callers.callUntil(
                        concurrency,
                        sample ->
                                System.nanoTime() - begin > longest
                                        || sample.size() >= most
                                        || steady(sample, concurrency));
        if (first.refused().isPresent()) {
            return first;
        }
        long second = System.nanoTime();
        return callers.callUntil(
                concurrency,
                sample ->
                        System.nanoTime() - second > longest
                                || sample.size() >= most
                                || (sample.size() % 10 == 0
                                        && Sweep.enough(sweep.warm(), Latencies.of(sample))));
    }

    /// Whether the calls of late were no faster than those before them. The very first ones started
    /// instances.
    private boolean steady(List<Double> sample, int concurrency) {
        int window = WINDOW * concurrency;
        int n = sample.size();
        if (n < 2 * window || n % window != 0) {
            return false;
        }
        double before = Latencies.of(sample.subList(n - 2 * window, n - window)).median();
        double late = Latencies.of(sample.subList(n - window, n)).median();
        return late >= before * (1 - sweep.warm().medianWidth());
    }

    private String config(String which) {
        String config = name + "-" + which;
        ProductionVariant variant =
                ProductionVariant.builder()
                        .variantName("AllTraffic")
                        .modelName(model)
                        .initialVariantWeight(1f)
                        .serverlessConfig(s ->
                                s.memorySizeInMB(memoryMb).maxConcurrency(sweep.maxConcurrency()))
                        .build();
        belongings.config(
                config,
                () ->
                        sageMaker()
                                .createEndpointConfig(r ->
                                        r.endpointConfigName(config).productionVariants(variant)));
        return config;
    }

    private Fails fails(String reason) {
        say("does not work: " + reason);
        return new Fails(reason);
    }

    private static String figures(Latencies sample) {
        Interval interval = sample.interval(0.5);
        return "median %.1f ms (%.1f to %.1f) of %d calls"
                .formatted(sample.median(), interval.low(), interval.high(), sample.count());
    }

    private void say(String text) {
        progress.accept("%d MB  %s".formatted(memoryMb, text));
    }

    private SageMakerClient sageMaker() {
        return tunable.sageMaker();
    }
}
