package io.dormouse.tuner;

import io.dormouse.tuner.Measured.Fails;
import io.dormouse.tuner.Measured.Works;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a sweep found, and what follows from it.
///
/// @param endpoint that was tuned
/// @param where it was measured: an address, an account and its Region
/// @param when it ended
/// @param wishes by what the choice is made
/// @param warning what this machine cannot tell
public record Report(
        String endpoint,
        String where,
        Instant when,
        List<Measured> sizes,
        Prices prices,
        Wishes wishes,
        Optional<String> warning) {
    /// What the user asked the choice to be made by.
    ///
    /// @param weight of speed against cost, 0 to 1
    /// @param p99Millis the limit, where there is one
    /// @param provisioned what provisioned concurrency is assumed to cost, where that was said
    public record Wishes(
            double weight, Optional<Double> p99Millis, Optional<Provisioned> provisioned) {}

    /// One line of the answer: what was looked for, and the size that it is.
    public record Finding(String what, Optional<Integer> memoryMb) {}

    public Report {
        sizes = List.copyOf(sizes);
    }

    public Choice choice() {
        return Choice.of(sizes, prices, wishes.weight(), wishes.p99Millis());
    }

    /// In the order of the answer.
    public List<Finding> findings() {
        Choice choice = choice();
        List<Finding> all = new ArrayList<>();
        all.add(new Finding("smallest that works", choice.smallest()));
        all.add(new Finding("knee: more memory buys little speed from here", choice.knee()));
        all.add(new Finding("cheapest a request", choice.cheapest()));
        all.add(
                new Finding(
                        "fastest, smallest of those that cannot be told apart", choice.fastest()));
        all.add(
                new Finding(
                        "best with speed weighted %.2f, cost %.2f"
                                .formatted(wishes.weight(), 1 - wishes.weight()),
                        choice.weighted()));
        wishes.p99Millis()
                .ifPresent(limit ->
                        all.add(
                                new Finding(
                                        "cheapest with p99 within %.0f ms, warm".formatted(limit),
                                        choice.within())));
        return all;
    }

    /// The size that is recommended: within the limit where there is one, else by the weight.
    public Optional<Integer> recommended() {
        Choice choice = choice();
        return wishes.p99Millis().isPresent() ? choice.within() : choice.weighted();
    }

    /// A million requests at a size, dollars.
    public double dollarsAMillion(int memoryMb, Works works) {
        return 1e6 * prices.request(memoryMb, works.billedMillis(), works.bytes());
    }

    /// Of the recommended size; nothing where there is none.
    public List<BreakEven> breakEvens() {
        Optional<Measured> best =
                sizes.stream()
                        .filter(each -> Optional.of(each.memoryMb()).equals(recommended()))
                        .findFirst();
        if (best.isEmpty() || !(best.get().outcome() instanceof Works works)) {
            return List.of();
        }
        int memory = best.get().memoryMb();
        List<BreakEven> all =
                new ArrayList<>(
                        BreakEven.instances(prices, memory, works.billedMillis(), works.bytes()));
        wishes.provisioned()
                .ifPresent(assumed ->
                        all.add(
                                BreakEven.provisioned(
                                        prices, assumed, memory, works.billedMillis())));
        return all;
    }

    /// What the figures rest on, in sentences.
    public List<String> basis() {
        List<String> all = new ArrayList<>();
        warning.ifPresent(all::add);
        all.add(
                "Prices: "
                        + prices.date()
                        + ", serverless by the millisecond and memory, and $%.3f per GB in and out; other Regions differ. A month has %.0f hours."
                                .formatted(prices.perGigabyte(), Prices.HOURS_A_MONTH));
        all.add(
                "Billed time: the lower of the caller's mean at the lowest concurrency and the mean"
                        + " ModelLatency, both upper bounds, not rounded up to whole milliseconds. Whether AWS bills the start of an"
                        + " instance is not published; it is left out.");
        all.add(
                wishes.provisioned()
                        .map(assumed ->
                                "Assumed, not AWS's figures: provisioned concurrency costs %.2f of the on-demand rate while kept and %.2f of it while used."
                                        .formatted(assumed.kept(), assumed.inference()))
                        .orElse(
                                "Provisioned concurrency: its rates are not known here, so there is no"
                                        + " break-even with it; state them with --provisioned-rate and"
                                        + " --provisioned-inference-rate."));
        all.add(
                "Intervals: order statistics at 95 %, which assume that calls are independent. Cold is the first call to a new instance, however it was started.");
        return all;
    }

    /// As a tree of maps and lists, for JSON.
    public Map<String, Object> tree() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Endpoint", endpoint);
        all.put("Where", where);
        all.put("When", when.toString());
        all.put("Prices", prices.date());
        all.put("Sizes", sizes.stream().map(this::size).toList());
        Map<String, Object> chosen = new LinkedHashMap<>();
        Choice choice = choice();
        choice.smallest().ifPresent(size -> chosen.put("Smallest", size));
        choice.knee().ifPresent(size -> chosen.put("Knee", size));
        choice.cheapest().ifPresent(size -> chosen.put("Cheapest", size));
        choice.fastest().ifPresent(size -> chosen.put("Fastest", size));
        choice.weighted().ifPresent(size -> chosen.put("Weighted", size));
        choice.within().ifPresent(size -> chosen.put("WithinP99", size));
        recommended().ifPresent(size -> chosen.put("Recommended", size));
        all.put("Choice", chosen);
        all.put("BreakEven", breakEvens().stream().map(Report::breakEven).toList());
        all.put("Basis", basis());
        return all;
    }

    private Map<String, Object> size(Measured each) {
        Map<String, Object> size = new LinkedHashMap<>();
        size.put("MemorySizeInMB", each.memoryMb());
        switch (each.outcome()) {
            case Fails fails -> size.put("FailureReason", fails.reason());
            case Works works -> {
                size.put("Cold", latencies(works.cold()));
                size.put(
                        "Warm",
                        works.warm().stream()
                                .map(warm -> {
                                    Map<String, Object> one = new LinkedHashMap<>();
                                    one.put("Concurrency", warm.concurrency());
                                    one.putAll(latencies(warm.latencies()));
                                    one.put("PerSecond", warm.rate());
                                    one.put("NarrowEnough", warm.narrow());
                                    return one;
                                })
                                .toList());
                size.put("BilledMillis", works.billedMillis());
                size.put("BytesPerRequest", works.bytes());
                size.put("DollarsPerMillion", dollarsAMillion(each.memoryMb(), works));
                size.put("CloudWatch", metrics(works.metrics()));
                size.put("Notes", works.notes());
            }
        }
        return size;
    }

    private static Map<String, Object> metrics(Measured.Metrics metrics) {
        Map<String, Object> all = new LinkedHashMap<>();
        metrics.starts().ifPresent(value -> all.put("Starts", value));
        metrics.setupMillis().ifPresent(value -> all.put("ModelSetupTimeMillis", value));
        metrics.overheadMillis().ifPresent(value -> all.put("OverheadLatencyMaximumMillis", value));
        metrics.modelMillis().ifPresent(value -> all.put("ModelLatencyMillis", value));
        return all;
    }

    /// JSON has no infinity: a bound that the sample is too small for is left out.
    private static Map<String, Object> latencies(Latencies sample) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Calls", sample.count());
        all.put("MeanMillis", sample.mean());
        put(all, "Median", sample, 0.5);
        put(all, "P99", sample, 0.99);
        return all;
    }

    private static void put(Map<String, Object> all, String name, Latencies sample, double p) {
        Interval interval = sample.interval(p);
        all.put(name + "Millis", sample.quantile(p));
        all.put(name + "LowMillis", interval.low());
        if (Double.isFinite(interval.high())) {
            all.put(name + "HighMillis", interval.high());
        }
    }

    static Map<String, Object> breakEven(BreakEven each) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("Against", each.against());
        all.put("DollarsAMonth", each.dollarsAMonth());
        each.requests()
                .ifPresent(requests -> {
                    all.put("RequestsAMonth", requests);
                    all.put("BusyShareOfOne", each.busy());
                });
        return all;
    }
}
