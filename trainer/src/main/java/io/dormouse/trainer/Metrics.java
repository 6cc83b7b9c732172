package io.dormouse.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The names of AWS's evaluation metrics: which way is better, and who computes them.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html>
final class Metrics {
    private static final Set<String> HIGHER_IS_BETTER =
            Set.of(
                    "accuracy",
                    "auc",
                    "aucpr",
                    "balanced_accuracy",
                    "f1",
                    "f1_binary",
                    "f1_macro",
                    "map",
                    "ndcg",
                    "precision",
                    "r2",
                    "recall",
                    "precision_macro",
                    "precision_micro",
                    "recall_macro",
                    "recall_micro");

    private static final Set<String> LOWER_IS_BETTER =
            Set.of(
                    "aft-nloglik",
                    "cox-nloglik",
                    "error",
                    "gamma-deviance",
                    "gamma-nloglik",
                    "interval-regression-accuracy",
                    "logloss",
                    "mae",
                    "mape",
                    "merror",
                    "mlogloss",
                    "mphe",
                    "mse",
                    "poisson-nloglik",
                    "rmse",
                    "rmsle",
                    "tweedie-nloglik");

    /// Those that XGBoost does not have and AWS's container computes from the predictions.
    private static final Set<String> CONTAINER =
            Set.of(
                    "accuracy",
                    "balanced_accuracy",
                    "f1",
                    "f1_binary",
                    "f1_macro",
                    "mse",
                    "precision",
                    "precision_macro",
                    "precision_micro",
                    "r2",
                    "recall",
                    "recall_macro",
                    "recall_micro");

    /// All of them, in order.
    static final List<String> NAMES =
            Stream.concat(HIGHER_IS_BETTER.stream(), LOWER_IS_BETTER.stream()).sorted().toList();

    private Metrics() {}

    static boolean isKnown(String metric) {
        return NAMES.contains(metric);
    }

    static boolean isOfContainer(String metric) {
        return CONTAINER.contains(metric);
    }

    static boolean isOfRegression(String metric) {
        return metric.equals("mse") || metric.equals("r2");
    }

    /// Also for names with a threshold, such as `ndcg@10`.
    static boolean higherIsBetter(String metric) {
        int at = metric.indexOf('@');
        return HIGHER_IS_BETTER.contains(at < 0 ? metric : metric.substring(0, at));
    }

    /// What one of [#isOfContainer] is for these predictions.
    ///
    /// @param labels the truth
    /// @param predictions for each row its score, or one for each class: for classes margins, else
    ///   scores
    static double of(String metric, float[] labels, float[][] predictions) {
        if (isOfRegression(metric)) {
            return ofRegression(metric, labels, predictions);
        }
        Confusion confusion = Confusion.of(labels, predictions);
        return switch (metric) {
            case "accuracy", "precision_micro", "recall_micro" -> confusion.accuracy();
            case "balanced_accuracy" -> confusion.meanRecall(true);
            case "recall_macro" -> confusion.meanRecall(false);
            case "precision_macro" -> confusion.meanPrecision();
            case "f1", "f1_macro" -> confusion.meanF1();
            case "f1_binary" -> confusion.f1(1);
            case "precision" -> confusion.precision(1);
            case "recall" -> confusion.recall(1);
            default -> throw new IllegalArgumentException(metric);
        };
    }

    private static double ofRegression(String metric, float[] labels, float[][] predictions) {
        double mean = 0;
        for (float label : labels) {
            mean += label / labels.length;
        }
        double error = 0;
        double spread = 0;
        for (int i = 0; i < labels.length; i++) {
            error += Math.pow(labels[i] - predictions[i][0], 2);
            spread += Math.pow(labels[i] - mean, 2);
        }
        return metric.equals("mse") ? error / labels.length : 1 - error / spread;
    }

    /// Truth against prediction, counted.
    ///
    /// @param counts by true class, then by predicted class
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Confusion(long[][] counts) {
        static Confusion of(float[] labels, float[][] predictions) {
            int classes = 2;
            for (int i = 0; i < labels.length; i++) {
                classes = Math.max(classes, Math.max((int) labels[i] + 1, predictions[i].length));
            }
            long[][] counts = new long[classes][classes];
            for (int i = 0; i < labels.length; i++) {
                counts[(int) labels[i]][predicted(predictions[i])]++;
            }
            return new Confusion(counts);
        }

        private static int predicted(float[] scores) {
            if (scores.length == 1) {
                return scores[0] > 0 ? 1 : 0;
            }
            int best = 0;
            for (int i = 1; i < scores.length; i++) {
                best = scores[i] > scores[best] ? i : best;
            }
            return best;
        }

        double accuracy() {
            long right = 0;
            long all = 0;
            for (int i = 0; i < counts.length; i++) {
                right += counts[i][i];
                all += truly(i);
            }
            return (double) right / all;
        }

        private long truly(int c) {
            long sum = 0;
            for (long count : counts[c]) {
                sum += count;
            }
            return sum;
        }

        private long predictedAs(int c) {
            long sum = 0;
            for (long[] row : counts) {
                sum += row[c];
            }
            return sum;
        }

        double recall(int c) {
            return truly(c) == 0 ? 0 : (double) counts[c][c] / truly(c);
        }

        double precision(int c) {
            return predictedAs(c) == 0 ? 0 : (double) counts[c][c] / predictedAs(c);
        }

        double f1(int c) {
            long both = truly(c) + predictedAs(c);
            return both == 0 ? 0 : 2.0 * counts[c][c] / both;
        }

        /// The mean of the classes' recalls.
        ///
        /// @param ofTrueOnes whether classes that are only predicted are left out, as balanced
        ///   accuracy does
        double meanRecall(boolean ofTrueOnes) {
            return mean(classes(ofTrueOnes).stream().map(this::recall).toList());
        }

        double meanPrecision() {
            return mean(classes(false).stream().map(this::precision).toList());
        }

        double meanF1() {
            return mean(classes(false).stream().map(this::f1).toList());
        }

        private List<Integer> classes(boolean ofTrueOnes) {
            List<Integer> classes = new ArrayList<>();
            for (int c = 0; c < counts.length; c++) {
                if (truly(c) > 0 || (!ofTrueOnes && predictedAs(c) > 0)) {
                    classes.add(c);
                }
            }
            return classes;
        }

        private static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        }
    }
}
