package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Unloadable;
import java.util.Arrays;

/// A model that is ready to score: the same numbers as XGBoost's own `predict`, to 1e-5.
///
/// It never changes, so any number of threads may use it at once.
public final class XgboostModel {
    private final int features;
    private final int groups;
    private final float[] baseMargins;
    private final Objective objective;
    private final String objectiveName;
    private final Margins booster;

    /// @param baseMargins what the sum of each group starts from
    XgboostModel(
            int features,
            float[] baseMargins,
            Objective objective,
            String objectiveName,
            Margins booster) {
        this.features = features;
        this.groups = baseMargins.length;
        this.baseMargins = baseMargins;
        this.objective = objective;
        this.objectiveName = objectiveName;
        this.booster = booster;
    }

    /// Reads a model as XGBoost's `save_model` writes it, JSON or UBJ by what is in it, with all
    /// its rounds: what `Booster.predict` and AWS's container use, whatever `best_iteration` says.
    ///
    /// @throws Unloadable when it is something else, is broken, or needs what is not evaluated here
    public static XgboostModel parse(byte[] file) throws Unloadable {
        return ModelReader.read(file, Integer.MAX_VALUE);
    }

    /// Reads only the first rounds of a model.
    ///
    /// @param rounds at least 1; more than there are means all
    public static XgboostModel parse(byte[] file, int rounds) throws Unloadable {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds: at least 1, not " + rounds);
        }
        return ModelReader.read(file, rounds);
    }

    /// How many features a row has.
    public int features() {
        return features;
    }

    /// How many numbers are answered for a row: classes or targets, else 1.
    public int outputs() {
        return objective.outputs(groups);
    }

    /// XGBoost's name of the objective, such as `binary:logistic`.
    public String objective() {
        return objectiveName;
    }

    /// What the sum of each group starts from; not to be written to.
    float[] baseMargins() {
        return baseMargins;
    }

    Margins booster() {
        return booster;
    }

    /// Scores rows.
    ///
    /// @param rows `count × features` values one behind the other, `NaN` where missing
    /// @return `count × outputs` scores
    public float[] predict(float[] rows, int count) {
        if (rows.length < (long) count * features) {
            throw new IllegalArgumentException(
                    count + " rows of " + features + " features, but " + rows.length + " values");
        }
        float[] values = new float[count * groups];
        for (int i = 0; i < values.length; i++) {
            values[i] = baseMargins[i % groups];
        }
        booster.add(rows, features, count, values);
        int outputs = outputs();
        for (int row = 0; row < count; row++) {
            objective.apply(values, row * groups, groups, row * outputs);
        }
        return outputs == groups ? values : Arrays.copyOf(values, count * outputs);
    }
}
