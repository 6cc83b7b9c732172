import io.dormouse.scaler.Gaps;
import io.dormouse.scaler.IdlePolicy.Adaptive;
import io.dormouse.scaler.IdlePolicy.Fixed;
import io.dormouse.scaler.IdlePolicy.Plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Replays made traces through the platform's idle policies: how many requests find no instance,
// and
/// what the instances that are kept, or started ahead, cost. A simulation: the same figures each
// time.
///
/// One instance per endpoint. The time in which it serves is the same for all policies and left
/// out. An instance that is started ahead is paid from the start, and ready a second before it is
/// expected to be needed, as `worker` does it.
public final class IdlePolicy {
    private static final Path RESULTS =
            Path.of(System.getProperty("dormouse.root"), "bench", "results");

    private static final double START_SECONDS = 0.5;
    private static final double MARGIN_SECONDS = 1;

    /// The worths of a cold start that are tried, to the default's, which is in the middle.
    private static final double[] WORTHS = {0.25, 0.5, 1, 2, 4};
    private static final List<Integer> FIXED_MINUTES = List.of(5, 10, 20);

    private record Cost(long cold, double gbSeconds) {
        Cost plus(Cost other) {
            return new Cost(cold + other.cold, gbSeconds + other.gbSeconds);
        }
    }

    /// What the policies cost on a trace.
    ///
    /// @param fixed by minutes
    /// @param curve of the adaptive one, for other worths of a cold start
    /// @param equal the adaptive one, its worth such that it costs as many GB-seconds as ten
    // minutes
    private record Outcome(
            IdleTraces.Trace trace,
            Map<Integer, Cost> fixed,
            Cost adaptive,
            List<Cost> curve,
            Cost equal,
            Duration equalWorth) {
        Cost ten() {
            return fixed.get(10);
        }
    }

    public static void main(String[] arguments) throws Exception {
        int endpoints = List.of(arguments).contains("--quick") ? 100 : 600;
        List<Outcome> outcomes = new ArrayList<>();
        for (IdleTraces.Trace trace : IdleTraces.all(endpoints)) {
            outcomes.add(measure(trace));
        }
        Files.writeString(RESULTS.resolve("idle-policy.svg"), IdlePlot.draw(panels(outcomes)));
        report(outcomes);
    }

    private static Outcome measure(IdleTraces.Trace trace) {
        Map<Integer, Cost> fixed = new LinkedHashMap<>();
        for (int minutes : FIXED_MINUTES) {
            fixed.put(minutes, replay(new Fixed(Duration.ofMinutes(minutes)), trace));
        }
        List<Cost> curve = new ArrayList<>();
        for (double times : WORTHS) {
            curve.add(replay(adaptive(times), trace));
        }
        double low = WORTHS[0];
        double high = WORTHS[WORTHS.length - 1];
        Cost equal = curve.getFirst();
        for (int i = 0; i < 7; i++) {
            double middle = Math.sqrt(low * high);
            Cost cost = replay(adaptive(middle), trace);
            if (cost.gbSeconds > fixed.get(10).gbSeconds) {
                high = middle;
            } else {
                low = middle;
                equal = cost;
            }
        }
        return new Outcome(
                trace, fixed, curve.get(WORTHS.length / 2), curve, equal, adaptive(low).worth());
    }

    /// The default one, but for the worth of a cold start.
    private static Adaptive adaptive(double times) {
        Duration worth = Duration.ofMillis((long) (Adaptive.DEFAULT.worth().toMillis() * times));
        return new Adaptive(worth, Adaptive.DEFAULT.scale());
    }

    private static Cost replay(io.dormouse.scaler.IdlePolicy policy, IdleTraces.Trace trace) {
        return trace.endpoints().stream()
                .map(each -> replay(policy, each))
                .reduce(new Cost(0, 0), Cost::plus);
    }

    private static Cost replay(io.dormouse.scaler.IdlePolicy policy, IdleTraces.Endpoint endpoint) {
        Gaps gaps = new Gaps();
        long[] at = endpoint.requests();
        long cold = at.length == 0 ? 0 : 1;
        double kept = 0;
        for (int i = 0; i < at.length; i++) {
            boolean last = i == at.length - 1;
            long gap = (last ? IdleTraces.HORIZON_MILLIS : at[i + 1]) - at[i];
            Plan plan = policy.plan(gaps);
            double seconds = gap / 1000.0;
            double keep = seconds(plan.keep());
            boolean warm = seconds <= keep;
            kept += Math.min(seconds, keep);
            if (!warm && plan.wake().isPresent()) {
                double ready = seconds(plan.wake().get().ready()) - MARGIN_SECONDS;
                double until = seconds(plan.wake().get().until());
                kept += Math.max(0, Math.min(seconds, until) - (ready - START_SECONDS));
                warm = seconds >= ready && seconds <= until;
            }
            if (!last) {
                cold += warm ? 0 : 1;
                gaps.add(gap);
            }
        }
        return new Cost(cold, kept * endpoint.memoryGb());
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static List<IdlePlot.Panel> panels(List<Outcome> outcomes) {
        List<IdlePlot.Panel> panels = new ArrayList<>();
        for (Outcome each : outcomes) {
            List<IdlePlot.Point> points = new ArrayList<>();
            each.fixed.forEach((minutes, cost) -> points.add(point(minutes + " min", cost, each)));
            panels.add(
                    new IdlePlot.Panel(
                            each.trace.name(),
                            points,
                            point("adaptive", each.adaptive, each),
                            each.curve.stream().map(cost -> point("", cost, each)).toList()));
        }
        return panels;
    }

    private static IdlePlot.Point point(String label, Cost cost, Outcome outcome) {
        return new IdlePlot.Point(
                label,
                cost.gbSeconds / outcome.ten().gbSeconds,
                (double) cost.cold / outcome.ten().cold);
    }

    private static void report(List<Outcome> outcomes) throws IOException {
        Outcome mix = outcomes.getLast();
        StringBuilder page = new StringBuilder(head(mix));
        for (Outcome each : outcomes) {
            each.fixed.forEach(
                    (minutes, cost) -> row(page, each, "fixed " + minutes + " min", cost));
            row(page, each, "adaptive", each.adaptive);
            row(
                    page,
                    each,
                    "adaptive, a start worth " + each.equalWorth.toSeconds() + " s",
                    each.equal);
        }
        Files.writeString(RESULTS.resolve("idle-policy.md"), page);
        System.out.println(page);
        StringBuilder line = new StringBuilder("idle-policy");
        line.append(format(" endpoints=%d days=%d", mix.trace.endpoints().size(), IdleTraces.DAYS));
        line.append(format(" mix_cold_fixed10=%d", mix.ten().cold));
        line.append(format(" mix_gb_s_fixed10=%.0f", mix.ten().gbSeconds));
        line.append(format(" mix_cold_adaptive=%d", mix.adaptive.cold));
        line.append(format(" mix_gb_s_adaptive=%.0f", mix.adaptive.gbSeconds));
        for (Outcome each : outcomes) {
            line.append(
                    format(
                            " %s_cold_ratio_at_equal_gb_s=%.2f",
                            each.trace.name(), (double) each.equal.cold / each.ten().cold));
        }
        System.out.println(line);
    }

    private static String head(Outcome mix) {
        return format(
                """
                # idle-policy

                Requests that found no instance, against what idle instances cost, over %d days. \
                The mix has %d endpoints with the published shape of the Azure Functions trace of \
                2019 (see `IdleTraces`): %.0f %% called once an hour or less, %.0f %% once a minute \
                or less, %.0f %% with gaps that deviate by more than their mean. A simulation of \
                one instance per endpoint through the platform's own policies.

                The last row of each trace is the adaptive policy with the worth of a cold start \
                set \
                (between a quarter and four times the default) so that it costs at most the \
                GB-seconds of ten minutes fixed.

                ![cold starts against GB-seconds](idle-policy.svg)

                | trace | policy | cold starts | of requests | GB-seconds | cold starts, to 10 min | GB-seconds, to 10 min |
                | --- | --- | --- | --- | --- | --- | --- |
                """,
                IdleTraces.DAYS,
                mix.trace.endpoints().size(),
                100 * IdleTraces.shareUpTo(mix.trace, 1),
                100 * IdleTraces.shareUpTo(mix.trace, 60),
                100 * IdleTraces.shareOfBursty(mix.trace));
    }

    private static void row(StringBuilder page, Outcome outcome, String policy, Cost cost) {
        page.append(
                format(
                        "| %s | %s | %d | %.2f %% | %.0f | %.2f | %.2f |%n",
                        outcome.trace.name(),
                        policy,
                        cost.cold,
                        100.0 * cost.cold / outcome.trace.requests(),
                        cost.gbSeconds,
                        (double) cost.cold / outcome.ten().cold,
                        cost.gbSeconds / outcome.ten().gbSeconds));
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
