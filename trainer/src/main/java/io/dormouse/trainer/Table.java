package io.dormouse.trainer;

import java.util.ArrayList;
import java.util.List;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoostError;

/// The rows of a channel, read from its files.
///
/// @param labels one for each row
/// @param weights one for each row, or none at all
/// @param queries for ranking: the query of each row, or none at all
/// @param features the rest of the rows
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Table(float[] labels, float[] weights, int[] queries, Features features) {
    /// What is known of each row besides its label.
    sealed interface Features {
        /// How many features a row has, as far as these rows tell.
        int columns();

        DMatrix matrix(int rows, int columns) throws XGBoostError;
    }

    /// Every value of every row, `NaN` where missing.
    ///
    /// @param values row by row
    /// @param columns how many there are in a row
    record Dense(float[] values, int columns) implements Features {
        @Override
        public DMatrix matrix(int rows, int width) throws XGBoostError {
            return new DMatrix(values, rows, columns, Float.NaN);
        }
    }

    /// Only the values that are there.
    ///
    /// @param starts where in the other two each row starts, and the end
    /// @param indices the column of each value
    /// @param values row by row
    /// @param columns the largest index and one
    record Sparse(long[] starts, int[] indices, float[] values, int columns) implements Features {
        @Override
        public DMatrix matrix(int rows, int width) throws XGBoostError {
            return new DMatrix(starts, indices, values, DMatrix.SparseType.CSR, width);
        }
    }

    int rows() {
        return labels.length;
    }

    /// For XGBoost.
    ///
    /// @param columns how many features all channels together have
    DMatrix matrix(int columns) throws XGBoostError {
        DMatrix matrix = features.matrix(rows(), columns);
        matrix.setLabel(labels);
        if (weights.length > 0) {
            matrix.setWeight(weights);
        }
        if (queries.length > 0) {
            matrix.setGroup(groups());
        }
        return matrix;
    }

    /// The lengths of the runs of rows with one query.
    private int[] groups() {
        List<Integer> groups = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= queries.length; i++) {
            if (i == queries.length || queries[i] != queries[start]) {
                groups.add(i - start);
                start = i;
            }
        }
        return groups.stream().mapToInt(Integer::intValue).toArray();
    }
}
