package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;

/// What an objective does to a sum of leaves before it is an answer, and to a base score before the
/// first leaf.
///
/// In single precision throughout, as XGBoost does it.
///
/// <https://xgboost.readthedocs.io/en/stable/parameter.html#learning-task-parameters>
enum Objective {
    /// The sum is the answer, and the base score its beginning: regression, ranking, margins.
    IDENTITY,
    /// A probability, by the logistic function.
    LOGISTIC,
    /// 0 or 1 by the sign.
    HINGE,
    /// Answers on a logarithmic scale: counts, gamma, tweedie, survival.
    EXPONENTIAL,
    /// One probability for each class.
    PROBABILITIES,
    /// The number of the likeliest class.
    CLASS;

    /// The objective by its name in the model.
    static Objective of(String name) throws Unloadable {
        return switch (name) {
            case "reg:logistic", "binary:logistic" -> LOGISTIC;
            case "binary:hinge" -> HINGE;
            case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft" ->
                    EXPONENTIAL;
            case "multi:softprob" -> PROBABILITIES;
            case "multi:softmax" -> CLASS;
            case "binary:logitraw",
                    "reg:squarederror",
                    "reg:linear",
                    "reg:squaredlogerror",
                    "reg:pseudohubererror",
                    "reg:absoluteerror",
                    "reg:quantileerror",
                    "reg:expectileerror",
                    "rank:pairwise",
                    "rank:ndcg",
                    "rank:map" ->
                    IDENTITY;
            default ->
                    throw new Unloadable(
                            "the model's objective '"
                                    + name
                                    + "' is not one that can be evaluated");
        };
    }

    /// The base score as a margin: what the sum of a row starts from.
    float margin(float baseScore) {
        return switch (this) {
            case LOGISTIC -> (float) -Math.log(1.0f / baseScore - 1.0f);
            case EXPONENTIAL -> (float) Math.log(baseScore);
            case IDENTITY, HINGE, PROBABILITIES, CLASS -> baseScore;
        };
    }

    /// Numbers in the answer for one row that has this many margins.
    int outputs(int margins) {
        return this == CLASS ? 1 : margins;
    }

    /// Turns one row's margins, which stand at `from`, into its answer at `to` (never behind
    /// `from`).
    void apply(float[] values, int from, int count, int to) {
        switch (this) {
            case IDENTITY -> System.arraycopy(values, from, values, to, count);
            case LOGISTIC -> {
                for (int i = 0; i < count; i++) {
                    values[to + i] = sigmoid(values[from + i]);
                }
            }
            case HINGE -> {
                for (int i = 0; i < count; i++) {
                    values[to + i] = values[from + i] > 0 ? 1 : 0;
                }
            }
            case EXPONENTIAL -> {
                for (int i = 0; i < count; i++) {
                    values[to + i] = (float) Math.exp(values[from + i]);
                }
            }
            case PROBABILITIES -> softmax(values, from, count, to);
            case CLASS -> values[to] = largest(values, from, count);
        }
    }

    private static float sigmoid(float x) {
        // XGBoost caps the exponent so that its float does not overflow.
        float exponent = (float) Math.exp(Math.min(-x, 88.7f));
        return 1.0f / (exponent + 1.0f + 1e-16f);
    }

    private static void softmax(float[] values, int from, int count, int to) {
        float largest = values[from];
        for (int i = 1; i < count; i++) {
            largest = Math.max(largest, values[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            float e = (float) Math.exp(values[from + i] - largest);
            values[to + i] = e;
            sum += e;
        }
        for (int i = 0; i < count; i++) {
            values[to + i] /= (float) sum;
        }
    }

    private static int largest(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            best = values[from + i] > values[from + best] ? i : best;
        }
        return best;
    }
}
