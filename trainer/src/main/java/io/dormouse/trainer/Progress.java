package io.dormouse.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The metrics of one round, as a line of the log:
/// `[3]#011train-auc:0.71234#011validation-auc:0.70112`.
///
/// It is what CloudWatch shows of AWS's container, which separates by tabs, and what the
/// expressions of AWS's metric definitions match.
///
/// @param round counted from 0
/// @param values all metrics of the first channel, then all of the second
record Progress(int round, List<Value> values) {
    /// One metric of one channel.
    ///
    /// @param channel `train` or `validation`
    /// @param metric AWS's name
    /// @param value as computed
    record Value(String channel, String metric, double value) {}

    Progress {
        values = List.copyOf(values);
    }

    /// Reads what XGBoost says of a round: `[3]\ttrain-auc:0.71\tvalidation-auc:0.70`.
    static Progress parse(int round, String line) {
        List<Value> values = new ArrayList<>();
        for (String part : line.split("\t", -1)) {
            int dash = part.indexOf('-');
            int colon = part.lastIndexOf(':');
            if (dash > 0 && colon > dash) {
                values.add(
                        new Value(
                                part.substring(0, dash),
                                part.substring(dash + 1, colon),
                                number(part.substring(colon + 1))));
            }
        }
        return new Progress(round, values);
    }

    private static double number(String text) {
        return switch (text) {
            case "nan", "-nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    String line() {
        StringBuilder line = new StringBuilder("[" + round + "]");
        for (Value value : values) {
            line.append("#011")
                    .append(value.channel())
                    .append('-')
                    .append(value.metric())
                    .append(':');
            line.append(
                    Double.isFinite(value.value())
                            ? String.format(Locale.ROOT, "%.5f", value.value())
                            : Double.isNaN(value.value())
                                    ? "nan"
                                    : value.value() > 0 ? "inf" : "-inf");
        }
        return line.toString();
    }
}
