package io.dormouse.tuner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.tuner.Measured.Fails;
import io.dormouse.tuner.Measured.Metrics;
import io.dormouse.tuner.Measured.Warm;
import io.dormouse.tuner.Measured.Works;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What follows from measurements.
class ChoiceTest {
    /// A hundred warm calls within a tenth of a percent of so many milliseconds, the p99 one apart.
    private static Measured size(int memoryMb, double millis, double p99) {
        double[] sample =
                IntStream.range(0, 100)
                        .mapToDouble(i -> i < 98 ? millis * (1 + (i - 49) / 1e5) : p99)
                        .toArray();
        Latencies warm = Latencies.of(sample);
        return new Measured(
                memoryMb,
                new Works(
                        Latencies.of(100, 110, 120),
                        List.of(new Warm(1, warm, 1, true)),
                        new Metrics(
                                Optional.of(3.0),
                                Optional.of(90.0),
                                Optional.of(120.0),
                                Optional.of(millis)),
                        1000,
                        List.of()));
    }

    private static final Measured TOO_SMALL =
            new Measured(1024, new Fails("The model needs 1500 MB: set it to 2048 or more."));

    private static Choice choice(double weight, Optional<Double> p99, Measured... sizes) {
        return Choice.of(List.of(sizes), Prices.AWS, weight, p99);
    }

    @Test
    void theSmallestThatWorksIsNotOneThatFails() {
        Choice choice = choice(0.5, Optional.empty(), TOO_SMALL, size(2048, 10, 20));
        assertEquals(Optional.of(2048), choice.smallest());
        assertEquals(Optional.of(2048), choice.knee());
        assertEquals(Optional.empty(), choice(0.5, Optional.empty(), TOO_SMALL).weighted());
    }

    @Test
    void speedThatFollowsMemoryCostsTheSameAndItsKneeIsWhereGainsGetSmall() {
        Measured[] sizes = {
            size(1024, 60, 90), size(2048, 25, 40), size(3072, 20, 30), size(4096, 18, 29)
        };
        Choice choice = choice(0.5, Optional.of(35.0), sizes);
        assertEquals(Optional.of(2048), choice.knee());
        assertEquals(Optional.of(2048), choice.cheapest());
        assertEquals(Optional.of(4096), choice.fastest());
        assertEquals(Optional.of(3072), choice.within());
        assertEquals(Optional.of(4096), choice(1, Optional.empty(), sizes).weighted());
        assertEquals(Optional.of(2048), choice(0, Optional.empty(), sizes).weighted());
        assertEquals(Optional.empty(), choice(0, Optional.of(5.0), sizes).within());
    }

    @Test
    void sizesThatCannotBeToldApartAreNotPaidFor() {
        Choice choice =
                choice(
                        1,
                        Optional.empty(),
                        size(1024, 10.0000, 20),
                        size(2048, 10.0001, 20),
                        size(3072, 9.9999, 20));
        assertEquals(Optional.of(1024), choice.fastest());
        assertEquals(Optional.of(1024), choice.knee());
    }

    @Test
    void breakEvenIsWhereBothCostTheSame() {
        BreakEven large =
                BreakEven.instances(Prices.AWS, 2048, 50, 10_000).stream()
                        .filter(each -> each.against().equals("one ml.c5.large"))
                        .findFirst()
                        .orElseThrow();
        // $0.102 x 730 h; a request: 0.05 s x $0.00004 + 10 KB x $0.016 per GB
        assertEquals(74.46, large.dollarsAMonth(), 1e-9);
        assertEquals(74.46 / (2e-6 + 1.6e-7), large.requests().orElseThrow(), 1);
        assertEquals(34_472_222 * 0.05 / (730 * 3600), large.busy(), 1e-3);
    }

    @Test
    void provisionedConcurrencyPaysByWhatIsAssumedOrNever() {
        BreakEven half = BreakEven.provisioned(Prices.AWS, new Provisioned(0.5, 0.5), 2048, 100);
        // kept at half the rate, each request saves half of its time: as many seconds as a month
        // has
        assertEquals(730 * 3600 / 0.1, half.requests().orElseThrow(), 1);
        assertEquals(1, half.busy(), 1e-9);
        assertEquals(
                Optional.empty(),
                BreakEven.provisioned(Prices.AWS, new Provisioned(0.5, 1), 2048, 100).requests());
    }

    @Test
    void theEstimateIsABoundThatGrowsWithEveryMaximum() {
        Sweep sweep =
                new Sweep(
                        List.of(1024),
                        List.of(2),
                        new Sweep.Cold(0.1, 3),
                        new Sweep.Warm(0.05, 0.2, 100, Duration.ofSeconds(10)));
        Estimate estimate = Estimate.of(sweep, Prices.AWS, 1_000_000);
        // three first calls of a minute; two callers for twice ten seconds and their last call
        double seconds = 3 * 60 + 2 * (2 * 10 + 60);
        assertEquals(205, estimate.calls());
        assertEquals(seconds * 0.00002 + 205 * 1e6 / 1e9 * 0.016, estimate.dollars(), 1e-12);
    }

    @Test
    void sizesThatThisMachineCannotTellApartAreNamed() {
        List<Integer> all = List.of(1024, 2048, 3072, 4096, 5120, 6144);
        String two = Shares.warning(all, 2, 1).orElseThrow();
        assertTrue(two.startsWith("4096, 5120, 6144 MB are due 3 threads"), two);
        assertTrue(two.contains("this machine has 2 cores"), two);
        assertEquals(Optional.empty(), Shares.warning(all, 16, 1));
        assertTrue(Shares.warning(List.of(1024), 1, 4).orElseThrow().contains("At concurrency 4"));
        assertEquals(List.of(1, 2, 2, 3, 3, 4), all.stream().map(Shares::threads).toList());
    }

    @Test
    void thePageNeedsNothingElseAndEscapesWhatItIsGiven() {
        List<Measured> sizes = new ArrayList<>(List.of(size(2048, 25, 40), size(3072, 20, 30)));
        sizes.addFirst(new Measured(1024, new Fails("needs <b>2048</b> MB")));
        Report report =
                new Report(
                        "mine",
                        "here",
                        Instant.EPOCH,
                        sizes,
                        Prices.AWS,
                        new Report.Wishes(0.5, Optional.empty(), Optional.empty()),
                        Optional.empty());
        String page = Page.of(report);
        assertTrue(page.contains("needs &lt;b&gt;2048&lt;/b&gt; MB"), page);
        assertTrue(page.contains("too small</text>"), page);
        assertTrue(page.contains("class=\"line cold\"") && page.contains("class=\"line warm\""));
        assertTrue(page.contains("prefers-color-scheme: dark"), page);
        assertFalse(page.matches("(?s).*(src=|href=|url\\(|http://|@import).*"), page);
        assertTrue(
                report.basis().stream().anyMatch(line -> line.contains("September 2026")),
                report.basis().toString());
        assertTrue(
                report.basis().stream().anyMatch(line -> line.contains("rates are not known")),
                report.basis().toString());
    }
}
