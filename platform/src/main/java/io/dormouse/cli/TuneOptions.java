package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.WrongUse;
import io.dormouse.tuner.Payload;
import io.dormouse.tuner.Prices;
import io.dormouse.tuner.Provisioned;
import io.dormouse.tuner.Report.Wishes;
import io.dormouse.tuner.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;

/// What `tune` takes.
record TuneOptions(Arguments arguments) {
    private static final List<Integer> SIZES = List.of(1024, 2048, 3072, 4096, 5120, 6144);

    private static final Option<Path> PAYLOAD =
            Option.path(
                    "--payload",
                    "FILE|DIR",
                    "a real request body, or a folder of them that are sent in turn");
    private static final Option<String> CONTENT_TYPE =
            Option.text(
                    "--content-type", "TYPE", "default: by each file's ending, or by its content");
    private static final Option<List<Integer>> MEMORY =
            Option.numbers(
                    "--memory", "MB,MB", 1024, 6144, "the sizes to try (default: all six of them)");
    private static final Option<List<Integer>> CONCURRENCY =
            Option.numbers(
                    "--concurrency", "N,N", 1, 200, "how many callers at once (default: 1,2,4)");
    private static final Option<Double> WEIGHT =
            Option.decimal("--weight", "W", 0, 1, "of speed against cost: 1 is speed alone")
                    .or(0.5);
    private static final Option<Double> P99 =
            Option.decimal(
                    "--p99-ms",
                    "MS",
                    0.001,
                    600000,
                    "recommend the cheapest size whose warm p99 stays within it");
    private static final Option<Integer> WIDTH =
            Option.number(
                            "--width",
                            "PERCENT",
                            1,
                            100,
                            "call until the median's 95 % interval is within ± that much of it")
                    .or(5);
    private static final Option<Integer> P99_WIDTH =
            Option.number("--p99-width", "PERCENT", 1, 100, "the same of the warm p99").or(25);
    private static final Option<Integer> COLD_WIDTH =
            Option.number("--cold-width", "PERCENT", 1, 100, "the same of the first calls' median")
                    .or(10);
    private static final Option<Integer> MAX_CALLS =
            Option.number("--max-calls", "N", 1, 1000000, "warm calls of one measurement at most")
                    .or(5000);
    private static final Option<Integer> MAX_SECONDS =
            Option.number("--max-seconds", "N", 1, 3600, "a warm measurement takes at most").or(20);
    private static final Option<Integer> MAX_COLD =
            Option.number("--max-cold", "N", 1, 1000, "first calls of one size at most").or(20);
    private static final Option<String> INSTANCE =
            Option.text(
                    "--instance",
                    "TYPE=USD",
                    "one more always-on instance to compare with, and its price an hour");
    private static final Option<Double> KEPT =
            Option.decimal(
                    "--provisioned-rate",
                    "SHARE",
                    0.001,
                    10,
                    "assume that provisioned concurrency costs that share of the on-demand rate"
                            + " while kept");
    private static final Option<Double> USED =
            Option.decimal(
                    "--provisioned-inference-rate",
                    "SHARE",
                    0,
                    1,
                    "and that share of it while used (default: 1)");

    private static final Option<Integer> METRICS_SECONDS =
            Option.number(
                    "--metrics-seconds",
                    "N",
                    0,
                    900,
                    "wait for CloudWatch's metrics at most (default: 5, on AWS 180)");

    static List<Option<?>> all() {
        return List.of(
                PAYLOAD,
                CONTENT_TYPE,
                MEMORY,
                CONCURRENCY,
                WEIGHT,
                P99,
                WIDTH,
                P99_WIDTH,
                COLD_WIDTH,
                MAX_CALLS,
                MAX_SECONDS,
                MAX_COLD,
                INSTANCE,
                KEPT,
                USED,
                METRICS_SECONDS);
    }

    Sweep sweep() {
        List<Integer> sizes = arguments.find(MEMORY).orElse(SIZES);
        sizes.stream()
                .filter(size -> !SIZES.contains(size))
                .findFirst()
                .ifPresent(size -> {
                    throw new WrongUse(
                            size + " is no size of a serverless endpoint: expected of " + SIZES);
                });
        return new Sweep(
                sizes,
                arguments.find(CONCURRENCY).orElse(List.of(1, 2, 4)),
                new Sweep.Cold(arguments.get(COLD_WIDTH) / 100.0, arguments.get(MAX_COLD)),
                new Sweep.Warm(
                        arguments.get(WIDTH) / 100.0,
                        arguments.get(P99_WIDTH) / 100.0,
                        arguments.get(MAX_CALLS),
                        Duration.ofSeconds(arguments.get(MAX_SECONDS))));
    }

    Wishes wishes() {
        if (arguments.find(USED).isPresent() && arguments.find(KEPT).isEmpty()) {
            throw new WrongUse("--provisioned-inference-rate goes with --provisioned-rate.");
        }
        return new Wishes(
                arguments.get(WEIGHT),
                arguments.find(P99),
                arguments
                        .find(KEPT)
                        .map(kept -> new Provisioned(kept, arguments.find(USED).orElse(1.0))));
    }

    Prices prices() {
        Optional<String> given = arguments.find(INSTANCE);
        if (given.isEmpty()) {
            return Prices.AWS;
        }
        Matcher parts =
                Pattern.compile("([a-z0-9.]+)=([0-9]{1,6}([.][0-9]{1,9})?)").matcher(given.get());
        if (!parts.matches()) {
            throw new WrongUse(
                    "'"
                            + given.get()
                            + "' is no value for --instance: expected ml.m5.large=0.115.");
        }
        return Prices.AWS.with(parts.group(1), Double.parseDouble(parts.group(2)));
    }

    Duration metricsWait(boolean aws) {
        return Duration.ofSeconds(arguments.find(METRICS_SECONDS).orElse(aws ? 180 : 5));
    }

    /// Those of the file, or of all files of the folder by name; hidden ones are left out.
    List<Payload> payloads() {
        Path path =
                arguments
                        .find(PAYLOAD)
                        .orElseThrow(() ->
                                new WrongUse("Give real payloads with --payload FILE or DIR."));
        if (!Files.isDirectory(path)) {
            return List.of(payload(path));
        }
        try (Stream<Path> files = Files.list(path)) {
            List<Payload> all =
                    files.filter(Files::isRegularFile)
                            .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                            .sorted()
                            .map(this::payload)
                            .toList();
            if (all.isEmpty()) {
                throw new Failed("There is no file in " + path);
            }
            return all;
        } catch (IOException e) {
            throw new Failed("Cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private Payload payload(Path file) {
        SdkBytes body = InvokeCommand.read(file);
        return new Payload(
                file.toString(),
                arguments
                        .find(CONTENT_TYPE)
                        .orElseGet(() -> InvokeCommand.guess(Optional.of(file.toString()), body)),
                body);
    }
}
