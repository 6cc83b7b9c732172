package io.dormouse.modelserver.onnx;

import io.dormouse.modelserver.Refusal;
import java.util.Arrays;

/// Fits the shape in which values came to the shape that a model expects.
///
///     came            expected         becomes
///     same rank, each length equal or any            as it came
///     [4]             [any, 4]         [1, 4]        one row without its batch
///     [5]             [any, 1]         [5, 1]        rows of one value
///     [2, 12]         [any, 3, 2, 2]   [2, 3, 2, 2]  rows of a table (CSV), when their width is the product
final class Shape {
    private Shape() {}

    /// @param rank how many of `came` are given
    /// @param columnFirst prefer rows of one value to one row of values where both fit
    /// @throws Refusal names the input, the shape that it expects and the one that came
    static long[] fit(Input input, long[] came, int rank, long elements, boolean columnFirst)
            throws Refusal {
        long[] given = Arrays.copyOf(came, Math.max(rank, 0));
        long[] column = Arrays.copyOf(given, given.length + 1);
        column[given.length] = 1;
        long[] row = new long[given.length + 1];
        row[0] = 1;
        System.arraycopy(given, 0, row, 1, given.length);
        for (long[] candidate :
                columnFirst
                        ? new long[][] {given, column, row}
                        : new long[][] {given, row, column}) {
            if (matches(input.shape(), candidate) && product(candidate) == elements) {
                return candidate;
            }
        }
        if (input.shape().length == 0 && elements == 1) {
            return new long[0];
        }
        throw Refusal.badInput(input.described() + ": the shape " + Input.text(given) + " came");
    }

    /// The shape for `rows` rows of a table, each of `width` values.
    static long[] table(Input input, long rows, long width) throws Refusal {
        long[] shape = input.shape().clone();
        if (shape.length < 2) {
            return new long[] {rows * width};
        }
        long known = 1;
        int open = -1;
        for (int i = 1; i < shape.length; i++) {
            if (shape[i] >= 0) {
                known *= shape[i];
            } else if (open < 0) {
                open = i;
            } else {
                throw Refusal.badInput(
                        input.described()
                                + ": a table does not say how long each of its dimensions is;"
                                + " send application/json");
            }
        }
        if (open >= 0 && known > 0 && width % known == 0) {
            shape[open] = width / known;
            known = width;
        }
        if (known != width) {
            throw Refusal.badInput(
                    input.described()
                            + ": "
                            + (open < 0 ? known : "a multiple of " + known)
                            + " columns are expected, "
                            + width
                            + " came");
        }
        shape[0] = rows;
        return shape;
    }

    private static long product(long[] shape) {
        long product = 1;
        for (long length : shape) {
            product *= length;
        }
        return product;
    }

    private static boolean matches(long[] expected, long[] shape) {
        if (expected.length != shape.length) {
            return false;
        }
        for (int i = 0; i < shape.length; i++) {
            if (expected[i] >= 0 && expected[i] != shape[i]) {
                return false;
            }
        }
        return true;
    }
}
