package io.dormouse.trainer;

import java.util.Arrays;

/// A list of floats that grows, without an object for each.
final class Floats {
    private float[] values = new float[1024];
    private int size;

    void add(float value) throws UserError {
        if (size == values.length) {
            if (size > Integer.MAX_VALUE / 2) {
                throw new UserError(
                        "The data has more than "
                                + Integer.MAX_VALUE / 2
                                + " values, which is more than one job reads");
            }
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    float[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
