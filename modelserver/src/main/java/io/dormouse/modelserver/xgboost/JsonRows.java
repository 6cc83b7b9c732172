package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Unloadable;
import java.util.Arrays;

/// `application/json` in the forms of AWS's algorithms, and plain arrays; null is a missing value.
///
/// - `{"instances": [{"features": [1, 2]}, {"data": {"features": {"values": [3, 4]}}}, [5, 6]]}`
/// - `[[1, 2], [3, 4]]`, or `[1, 2]` for one row
/// - the rows of `application/jsonlines`, one behind the other
///
/// <https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html>
final class JsonRows implements Rows {
    private final JsonCursor in;
    private final int features;
    private float[] values = new float[256];
    private int count;
    private int rows;
    private int given;
    private boolean parsed;

    JsonRows(byte[] text, int features) {
        this.in = new JsonCursor(text);
        this.features = features;
    }

    @Override
    public int read(float[] into, int rowsMax) throws Refusal {
        if (!parsed) {
            parsed = true;
            try {
                while (in.peek() != 0) {
                    value();
                }
            } catch (Unloadable e) {
                throw Rows.malformed("json", e.getMessage());
            }
        }
        int size = Math.min(rowsMax, rows - given);
        System.arraycopy(values, given * features, into, 0, size * features);
        given += size;
        return size;
    }

    private void value() throws Refusal, Unloadable {
        if (in.peek() == '{') {
            object();
        } else {
            array();
        }
    }

    private void object() throws Refusal, Unloadable {
        boolean known = false;
        in.enterObject();
        while (in.nextMember()) {
            switch (in.name()) {
                case "instances", "features", "values" -> {
                    known = true;
                    value();
                }
                case "data" -> {
                    known = true;
                    object();
                }
                default -> in.skip();
            }
        }
        if (!known) {
            throw Rows.malformed(
                    "json",
                    "row "
                            + (rows + 1)
                            + ": expected a member 'features' (or 'instances' around all)");
        }
    }

    /// A list of rows, or of the numbers of one row.
    private void array() throws Refusal, Unloadable {
        int start = count;
        in.enterArray();
        while (in.nextElement()) {
            byte next = in.peek();
            if (next == '[' || next == '{') {
                value();
                start = count;
            } else {
                add((float) in.number());
            }
        }
        if (count > start) {
            endRow(count - start);
        }
    }

    private void add(float value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = value;
    }

    private void endRow(int width) throws Refusal {
        rows++;
        if (width != features) {
            throw Rows.mismatch(
                    rows,
                    width + " features, expected " + features + " as the model was trained with");
        }
    }
}
