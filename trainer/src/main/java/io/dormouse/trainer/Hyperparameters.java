package io.dormouse.trainer;

import static io.dormouse.trainer.Rule.Range.above;
import static io.dormouse.trainer.Rule.Range.atLeast;
import static io.dormouse.trainer.Rule.Range.closed;
import static io.dormouse.trainer.Rule.Range.open;
import static io.dormouse.trainer.Rule.Range.openClosed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The hyperparameters of AWS's built-in XGBoost, checked: names, types, ranges and what goes
/// together.
///
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html>
///
/// @param values by name, aliases replaced
record Hyperparameters(Map<String, String> values) {
    private static final Map<String, String> ALIASES =
            Map.of(
                    "learning_rate", "eta",
                    "min_split_loss", "gamma",
                    "reg_lambda", "lambda",
                    "reg_alpha", "alpha");

    private static final Map<String, Rule> RULES = rules();

    /// What XGBoost is not told: the container's own, and what the current XGBoost no longer has.
    private static final Set<String> NOT_FOR_XGBOOST =
            Set.of(
                    "num_round",
                    "csv_weights",
                    "early_stopping_rounds",
                    "eval_metric",
                    "save_model_on_termination",
                    "_tuning_objective_metric",
                    "use_dask_gpu_training",
                    "sketch_eps",
                    "dsplit",
                    "predictor",
                    "deterministic_histogram",
                    "prob_buffer_row");

    Hyperparameters {
        values = Map.copyOf(values);
    }

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new LinkedHashMap<>();
        whole(
                rules,
                atLeast(1),
                "num_round",
                "early_stopping_rounds",
                "nthread",
                "num_parallel_tree");
        whole(rules, atLeast(1), "_num_cv_round");
        whole(rules, closed(0, 1), "csv_weights", "refresh_leaf", "one_drop");
        whole(rules, closed(0, 3), "verbosity");
        whole(rules, atLeast(0), "max_depth", "max_leaves", "max_bin");
        whole(rules, atLeast(2), "num_class", "_kfold");
        whole(rules, open(-2147483648.0, 2147483647.0), "seed");
        whole(rules, above(1), "prob_buffer_row");
        real(rules, closed(0, 1), "eta", "rate_drop", "skip_drop", "lambda_bias");
        real(rules, atLeast(0), "gamma", "min_child_weight", "max_delta_step", "lambda", "alpha");
        real(rules, atLeast(0), "base_score", "aft_loss_distribution_scale");
        real(rules, openClosed(0, 1), "subsample", "colsample_bytree", "colsample_bylevel");
        real(rules, openClosed(0, 1), "colsample_bynode");
        real(rules, open(0, 1), "sketch_eps");
        real(rules, above(0), "scale_pos_weight");
        real(rules, open(1, 2), "tweedie_variance_power");
        choice(rules, "booster", "gbtree", "gblinear", "dart");
        choice(rules, "tree_method", "auto", "exact", "approx", "hist", "gpu_hist");
        choice(rules, "dsplit", "row", "col");
        choice(rules, "process_type", "default", "update");
        choice(rules, "grow_policy", "depthwise", "lossguide");
        choice(rules, "predictor", "auto", "cpu_predictor", "gpu_predictor");
        choice(rules, "sample_type", "uniform", "weighted");
        choice(rules, "normalize_type", "tree", "forest");
        choice(rules, "save_model_on_termination", "true", "false");
        choice(rules, "aft_loss_distribution", "normal", "logistic", "extreme");
        choice(rules, "deterministic_histogram", "true", "false");
        choice(rules, "sampling_method", "uniform", "gradient_based");
        choice(rules, "use_dask_gpu_training", "true", "false");
        rules.put("objective", new Rule.Choice(Labels.OBJECTIVES));
        rules.put(
                "updater",
                new Rule.Words(
                        List.of(
                                "grow_colmaker",
                                "grow_histmaker",
                                "grow_quantile_histmaker",
                                "sync",
                                "refresh",
                                "prune",
                                "shotgun",
                                "coord_descent")));
        rules.put("eval_metric", new Rule.MetricNames());
        rules.put(
                "_tuning_objective_metric",
                new Rule.Choice(Metrics.NAMES.stream().map(name -> "validation:" + name).toList()));
        rules.put("monotone_constraints", new Rule.Free());
        rules.put("interaction_constraints", new Rule.Free());
        return Map.copyOf(rules);
    }

    private static void whole(Map<String, Rule> rules, Rule.Range range, String... names) {
        for (String name : names) {
            rules.put(name, new Rule.Whole(range));
        }
    }

    private static void real(Map<String, Rule> rules, Rule.Range range, String... names) {
        for (String name : names) {
            rules.put(name, new Rule.Real(range));
        }
    }

    private static void choice(Map<String, Rule> rules, String name, String... words) {
        rules.put(name, new Rule.Choice(List.of(words)));
    }

    /// Checks what the job's creator gave.
    ///
    /// @throws UserError for the first that is missing, unknown, of the wrong type or out of range
    static Hyperparameters check(Map<String, String> given) throws UserError {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : given.entrySet()) {
            values.put(ALIASES.getOrDefault(entry.getKey(), entry.getKey()), entry.getValue());
        }
        if (!values.containsKey("num_round")) {
            throw new UserError("Missing required hyperparameter: num_round");
        }
        for (Map.Entry<String, String> entry : values.entrySet()) {
            Rule rule = RULES.get(entry.getKey());
            if (rule == null) {
                throw new UserError("Extraneous hyperparameter found: " + entry.getKey());
            }
            rule.check(entry.getKey(), entry.getValue());
        }
        Hyperparameters checked = new Hyperparameters(values);
        checked.checkTogether();
        return checked;
    }

    private void checkTogether() throws UserError {
        boolean classes = objective().startsWith("multi:");
        if (classes && !values.containsKey("num_class")) {
            throw new UserError("Require input for parameter 'num_class' for multi-classification");
        }
        if (!classes && values.containsKey("num_class")) {
            throw new UserError(
                    "Do not need to setup parameter 'num_class' for learning task other than"
                            + " multi-classification.");
        }
        List<String> metrics = metrics();
        if (metrics.contains("auc")
                && !objective().startsWith("binary:")
                && !objective().startsWith("rank:")) {
            throw new UserError(
                    "Metric 'auc' can only be applied for classification and ranking problems.");
        }
        if (metrics.contains("aft-nloglik") && !objective().equals("survival:aft")) {
            throw new UserError(
                    "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.");
        }
        String method = values.getOrDefault("tree_method", "auto");
        if (values.containsKey("monotone_constraints")
                && !List.of("exact", "hist").contains(method)) {
            throw new UserError(
                    "monotone_constraints can be used only when the tree_method parameter is set to"
                            + " either 'exact' or 'hist'.");
        }
        if (values.containsKey("interaction_constraints")
                && !List.of("exact", "hist", "approx").contains(method)) {
            throw new UserError(
                    "interaction_constraints can be used only when the tree_method parameter is set to"
                            + " either 'exact', 'hist' or 'approx'.");
        }
        String updater = values.getOrDefault("updater", "coord_descent");
        if (values.getOrDefault("booster", "gbtree").equals("gblinear")
                && !List.of("shotgun", "coord_descent").contains(updater)) {
            throw new UserError(
                    "Linear updater should be one of these options: 'shotgun', 'coord_descent'.");
        }
        checkServed(method);
    }

    /// What AWS has and this machine or this program has not.
    private void checkServed(String method) throws UserError {
        if (method.equals("gpu_hist")
                || values.getOrDefault("use_dask_gpu_training", "false").equals("true")) {
            throw new UserError(
                    "Hyperparameter tree_method: gpu_hist needs a GPU, which jobs here have not: use hist");
        }
        if (values.containsKey("_kfold") || values.containsKey("_num_cv_round")) {
            throw new UserError(
                    "Hyperparameter _kfold: cross-validation within one job is not served: run one job"
                            + " for each fold");
        }
        if (values.getOrDefault("process_type", "default").equals("update")) {
            throw new UserError(
                    "Hyperparameter process_type: update needs a model to update, which a job is not given");
        }
    }

    int rounds() {
        return whole("num_round").orElseThrow();
    }

    Optional<Integer> earlyStoppingRounds() {
        return whole("early_stopping_rounds");
    }

    boolean hasWeights() {
        return whole("csv_weights").orElse(0) == 1;
    }

    /// Whether a job that is stopped leaves the model as it is by then. Unless it is asked to, it
    /// leaves none, as on AWS.
    boolean savesOnTermination() {
        return values.getOrDefault("save_model_on_termination", "false").equals("true");
    }

    private Optional<Integer> whole(String name) {
        return Optional.ofNullable(values.get(name))
                .map(value -> (int) Math.min(Integer.MAX_VALUE, Long.parseLong(value.strip())));
    }

    String objective() {
        String objective = values.getOrDefault("objective", "reg:squarederror");
        // Its old name, which XGBoost has given up.
        return objective.equals("reg:linear") ? "reg:squarederror" : objective;
    }

    int classes() {
        return whole("num_class").orElse(0);
    }

    /// The metrics that were asked for, the one to be tuned by last: early stopping follows the
    /// last.
    List<String> metrics() {
        List<String> metrics = new ArrayList<>();
        String given = values.get("eval_metric");
        if (given != null) {
            metrics.addAll(List.of(given.split(",", -1)));
        }
        String tuned = values.get("_tuning_objective_metric");
        if (tuned != null) {
            String metric = tuned.substring(tuned.indexOf(':') + 1);
            metrics.remove(metric);
            metrics.add(metric);
        }
        return metrics;
    }

    /// What XGBoost itself is told.
    Map<String, Object> forXgboost() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (!NOT_FOR_XGBOOST.contains(name)) {
                parameters.put(name, value.strip());
            }
        });
        parameters.put("objective", objective());
        return parameters;
    }
}
