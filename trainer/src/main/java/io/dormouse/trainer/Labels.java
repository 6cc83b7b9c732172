package io.dormouse.trainer;

import java.util.List;

/// What an objective needs a label to be, so that a wrong one is named by file and line instead of
/// by XGBoost.
///
/// @param objective one of [#OBJECTIVES]
/// @param classes how many classes, for `multi:`
record Labels(String objective, int classes) {
    /// Those of AWS's container.
    static final List<String> OBJECTIVES =
            List.of(
                    "binary:logistic",
                    "binary:logitraw",
                    "binary:hinge",
                    "count:poisson",
                    "multi:softmax",
                    "multi:softprob",
                    "rank:pairwise",
                    "rank:ndcg",
                    "rank:map",
                    "reg:linear",
                    "reg:squarederror",
                    "reg:logistic",
                    "reg:gamma",
                    "reg:pseudohubererror",
                    "reg:squaredlogerror",
                    "reg:absoluteerror",
                    "reg:tweedie",
                    "survival:aft",
                    "survival:cox");

    /// Nothing when the label is right, else the rule that it breaks.
    String broken(float label) {
        boolean right =
                switch (objective) {
                    case "binary:logistic", "binary:logitraw", "reg:logistic" ->
                            label >= 0 && label <= 1;
                    case "binary:hinge" -> label == 0 || label == 1;
                    case "multi:softmax", "multi:softprob" ->
                            label >= 0 && label < classes && label == (int) label;
                    case "count:poisson", "reg:tweedie", "survival:aft" -> label >= 0;
                    case "rank:ndcg" -> label >= 0 && label == (int) label;
                    case "rank:map" -> label == 0 || label == 1;
                    case "reg:gamma" -> label > 0;
                    case "reg:squaredlogerror" -> label > -1;
                    default -> true;
                };
        return right ? "" : rule();
    }

    private String rule() {
        return switch (objective) {
            case "binary:logistic", "binary:logitraw", "reg:logistic" ->
                    "label must be in [0,1] for logistic regression";
            case "binary:hinge", "rank:map" -> "label must be 0 or 1 for " + objective;
            case "multi:softmax", "multi:softprob" ->
                    "label must be in [0, num_class), a whole number below " + classes;
            case "reg:gamma" -> "label must be above 0 for reg:gamma";
            case "reg:squaredlogerror" -> "label must be above -1 for reg:squaredlogerror";
            case "rank:ndcg" -> "label must be a whole number, at least 0, for rank:ndcg";
            default -> "label must be nonnegative for " + objective;
        };
    }
}
