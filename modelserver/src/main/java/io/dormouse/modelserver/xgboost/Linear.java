package io.dormouse.modelserver.xgboost;

/// A linear booster: weights by feature and group, and behind them each group's bias.
final class Linear implements Margins {
    private final float[] weights;
    private final int groups;

    /// @param weights `(features + 1) × groups`
    Linear(float[] weights, int groups) {
        this.weights = weights;
        this.groups = groups;
    }

    /// The constructor's; not to be written to.
    float[] weights() {
        return weights;
    }

    @Override
    public void add(float[] rows, int features, int count, float[] sums) {
        for (int row = 0; row < count; row++) {
            for (int group = 0; group < groups; group++) {
                float sum = sums[row * groups + group] + weights[features * groups + group];
                for (int feature = 0; feature < features; feature++) {
                    float value = rows[row * features + feature];
                    // A missing value adds nothing.
                    if (!Float.isNaN(value)) {
                        sum += value * weights[feature * groups + group];
                    }
                }
                sums[row * groups + group] = sum;
            }
        }
    }
}
