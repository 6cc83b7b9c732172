package io.dormouse.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Cuts a model down to its first rounds, which XGBoost's Java API cannot.
///
/// <https://github.com/dmlc/xgboost/blob/master/doc/model.schema>
final class Truncation {
    private Truncation() {}

    /// The same model with its first rounds only, as JSON.
    ///
    /// @param model as XGBoost saves it as JSON
    /// @param rounds how many to keep
    static String keep(String model, int rounds) {
        Map<String, Json> document = members(Json.parse(model));
        Map<String, Json> learner = members(document, "learner");
        Map<String, Json> booster = members(learner, "gradient_booster");
        cut(booster, rounds);
        learner.put("gradient_booster", new Json.Members(booster));
        document.put("learner", new Json.Members(learner));
        return new Json.Members(document).write();
    }

    private static void cut(Map<String, Json> booster, int rounds) {
        Map<String, Json> model = members(booster, "model");
        List<Json> starts = items(model, "iteration_indptr");
        int trees = Integer.parseInt(starts.get(rounds).write());
        model.put("iteration_indptr", first(model, "iteration_indptr", rounds + 1));
        model.put("trees", first(model, "trees", trees));
        model.put("tree_info", first(model, "tree_info", trees));
        Map<String, Json> parameters = members(model, "gbtree_model_param");
        parameters.put("num_trees", new Json.Text(String.valueOf(trees)));
        model.put("gbtree_model_param", new Json.Members(parameters));
        if (model.containsKey("weight_drop")) {
            model.put("weight_drop", first(model, "weight_drop", trees));
        }
        booster.put("model", new Json.Members(model));
    }

    private static Json first(Map<String, Json> from, String name, int count) {
        return new Json.Items(new ArrayList<>(items(from, name).subList(0, count)));
    }

    private static List<Json> items(Map<String, Json> from, String name) {
        if (from.get(name) instanceof Json.Items(List<Json> items)) {
            return items;
        }
        throw new IllegalArgumentException("XGBoost's model has no list " + name);
    }

    private static Map<String, Json> members(Map<String, Json> from, String name) {
        Json member = from.get(name);
        return members(member == null ? new Json.Word("null") : member);
    }

    private static Map<String, Json> members(Json value) {
        if (value instanceof Json.Members(Map<String, Json> members)) {
            return new LinkedHashMap<>(members);
        }
        throw new IllegalArgumentException("XGBoost's model is not of the form that was expected");
    }
}
