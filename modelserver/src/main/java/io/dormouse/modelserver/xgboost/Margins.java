package io.dormouse.modelserver.xgboost;

/// What a booster learnt: adds up, for a row, one sum for each group (class or target).
sealed interface Margins permits Forest, Linear {
    /// Adds this booster's part to the sums of rows that stand one behind the other.
    ///
    /// @param rows the features, `NaN` where missing
    /// @param features how many each row has
    /// @param count how many rows
    /// @param sums `count × groups`, holding the base margins, then the result
    void add(float[] rows, int features, int count, float[] sums);
}
