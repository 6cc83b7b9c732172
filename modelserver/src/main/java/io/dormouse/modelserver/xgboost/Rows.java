package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Refusal;

/// The rows of a request, read a block at a time so that a request takes no more memory than its
/// body.
sealed interface Rows permits CsvRows, LibsvmRows, JsonRows {
    /// Reads the next rows, missing values as `NaN`.
    ///
    /// @param into room for `rowsMax` rows of as many features as the model has
    /// @return how many rows; 0 when there are no more
    int read(float[] into, int rowsMax) throws Refusal;

    /// AWS's container answers 415 to a body that is not in the format it says it is in.
    static Refusal malformed(String format, String what) {
        return Refusal.unsupportedType(
                "Loading "
                        + format
                        + " data failed, please ensure data is in "
                        + format
                        + " format: "
                        + what);
    }

    /// ... and 400 to rows that do not fit the model.
    static Refusal mismatch(long row, String what) {
        return Refusal.badInput("Unable to evaluate payload provided: row " + row + " has " + what);
    }
}
