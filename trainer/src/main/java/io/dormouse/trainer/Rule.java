package io.dormouse.trainer;

import java.math.BigDecimal;
import java.util.List;

/// What a hyperparameter's value may be. The sentences that refuse one begin as AWS's container's
/// do.
sealed interface Rule {
    /// Refuses a value that is not allowed.
    ///
    /// @throws UserError naming the hyperparameter, its value and what was expected
    void check(String name, String value) throws UserError;

    /// A whole number of a range.
    ///
    /// @param range such as `[1, +inf)`
    record Whole(Range range) implements Rule {
        @Override
        public void check(String name, String value) throws UserError {
            try {
                range.check(name, value, (double) Long.parseLong(value.strip()));
            } catch (NumberFormatException e) {
                throw new UserError(
                        "Hyperparameter "
                                + name
                                + ": could not parse value '"
                                + value
                                + "': expected a whole number in "
                                + range,
                        e);
            }
        }
    }

    /// A number of a range.
    ///
    /// @param range such as `(0, 1]`
    record Real(Range range) implements Rule {
        @Override
        public void check(String name, String value) throws UserError {
            try {
                range.check(name, value, new BigDecimal(value.strip()).doubleValue());
            } catch (NumberFormatException e) {
                throw new UserError(
                        "Hyperparameter "
                                + name
                                + ": could not parse value '"
                                + value
                                + "': expected a number in "
                                + range,
                        e);
            }
        }
    }

    /// One of a few words.
    ///
    /// @param words those that are allowed
    record Choice(List<String> words) implements Rule {
        @Override
        public void check(String name, String value) throws UserError {
            if (!words.contains(value)) {
                throw new UserError(
                        "Hyperparameter " + name + ": " + value + " is not in " + listed(words));
            }
        }
    }

    /// Words with commas between them.
    ///
    /// @param words those that are allowed
    record Words(List<String> words) implements Rule {
        @Override
        public void check(String name, String value) throws UserError {
            for (String word : value.split(",", -1)) {
                if (!words.contains(word)) {
                    throw new UserError(
                            "Hyperparameter "
                                    + name
                                    + ": value "
                                    + value
                                    + " not in range "
                                    + listed(words));
                }
            }
        }
    }

    /// Metrics with commas between them, some of which take a threshold: `error@0.7`, `ndcg@10`.
    record MetricNames() implements Rule {
        @Override
        public void check(String name, String value) throws UserError {
            for (String metric : value.split(",", -1)) {
                int at = metric.indexOf('@');
                if (at < 0) {
                    if (!Metrics.isKnown(metric)) {
                        throw new UserError(
                                "Hyperparameter "
                                        + name
                                        + ": value "
                                        + metric
                                        + " not in range "
                                        + listed(Metrics.NAMES));
                    }
                    continue;
                }
                String bare = metric.substring(0, at);
                if (!List.of("error", "ndcg", "map").contains(bare)) {
                    throw new UserError(
                            "Metric '"
                                    + metric
                                    + "' is not supported. Parameter 'eval_metric' with"
                                    + " customized threshold should be one of these options: 'error',"
                                    + " 'ndcg', 'map'.");
                }
                try {
                    new BigDecimal(metric.substring(at + 1));
                } catch (NumberFormatException e) {
                    throw new UserError(
                            "Threshold value 't' in '" + bare + "@t' expects float input.", e);
                }
            }
        }
    }

    /// Whatever XGBoost itself makes of it: constraints.
    record Free() implements Rule {
        @Override
        public void check(String name, String value) throws UserError {
            if (value.isBlank()) {
                throw new UserError("Hyperparameter " + name + ": could not parse value ''");
            }
        }
    }

    private static String listed(List<String> words) {
        return "['" + String.join("', '", words) + "']";
    }

    /// An interval, each end open or closed.
    ///
    /// @param min the lower end; minus infinity where there is none
    /// @param max the upper end; infinity where there is none
    record Range(double min, boolean minOpen, double max, boolean maxOpen) {
        static Range atLeast(double min) {
            return new Range(min, false, Double.POSITIVE_INFINITY, true);
        }

        static Range above(double min) {
            return new Range(min, true, Double.POSITIVE_INFINITY, true);
        }

        static Range closed(double min, double max) {
            return new Range(min, false, max, false);
        }

        static Range openClosed(double min, double max) {
            return new Range(min, true, max, false);
        }

        static Range open(double min, double max) {
            return new Range(min, true, max, true);
        }

        void check(String name, String value, double number) throws UserError {
            boolean inside =
                    (minOpen ? number > min : number >= min)
                            && (maxOpen ? number < max : number <= max);
            if (!inside) {
                throw new UserError(
                        "Hyperparameter " + name + ": " + value.strip() + " is not in " + this);
            }
        }

        @Override
        public String toString() {
            return (minOpen ? "(" : "[")
                    + plain(min)
                    + ", "
                    + (max == Double.POSITIVE_INFINITY ? "+inf" : plain(max))
                    + (maxOpen ? ")" : "]");
        }

        private static String plain(double bound) {
            return new BigDecimal(bound).stripTrailingZeros().toPlainString();
        }
    }
}
