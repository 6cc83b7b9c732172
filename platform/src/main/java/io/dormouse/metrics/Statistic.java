package io.dormouse.metrics;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is asked of a metric's values, as CloudWatch spells it: `Average`, `p99.9`.
///
/// See [CloudWatch statistics
/// definitions](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html).
sealed interface Statistic {
    /// How the statistic is spelled.
    String name();

    /// Its value; empty where these values have none.
    OptionalDouble of(Summary summary);

    enum Plain implements Statistic {
        SAMPLE_COUNT("SampleCount"),
        AVERAGE("Average"),
        SUM("Sum"),
        MINIMUM("Minimum"),
        MAXIMUM("Maximum");

        private final String spelling;

        Plain(String spelling) {
            this.spelling = spelling;
        }

        String spelling() {
            return spelling;
        }

        @Override
        public OptionalDouble of(Summary summary) {
            return OptionalDouble.of(
                    switch (this) {
                        case SAMPLE_COUNT -> summary.count();
                        case AVERAGE -> summary.average();
                        case SUM -> summary.sum();
                        case MINIMUM -> summary.min();
                        case MAXIMUM -> summary.max();
                    });
        }
    }

    record Percentile(String name, double percent) implements Statistic {
        private static final Pattern SPELLING = Pattern.compile("p(\\d{1,2}(\\.\\d{0,10})?|100)");

        @Override
        public OptionalDouble of(Summary summary) {
            return summary.percentile(percent);
        }
    }

    /// The statistic of that spelling; empty where it is unknown, or one of those that are not
    /// served: trimmed means and the like (`tm`, `wm`, `tc`, `ts`, `PR`, `IQM`).
    static Optional<Statistic> of(String spelling) {
        for (Plain plain : Plain.values()) {
            if (plain.spelling().equals(spelling)) {
                return Optional.of(plain);
            }
        }
        Matcher percentile = Percentile.SPELLING.matcher(spelling);
        return percentile.matches()
                ? Optional.of(new Percentile(spelling, Double.parseDouble(percentile.group(1))))
                : Optional.empty();
    }
}
