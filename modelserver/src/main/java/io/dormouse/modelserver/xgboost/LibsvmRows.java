package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Decimal;
import io.dormouse.modelserver.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// `text/libsvm`: `[label] index:value index:value …` with the indices as they were in training,
/// counted from 0; what is not named is missing. A label, a weight or a `qid` in front is passed
/// over.
final class LibsvmRows implements Rows {
    private final byte[] text;
    private final int end;
    private final int features;
    private int at;
    private long row;

    LibsvmRows(byte[] text, int features) {
        this.text = text;
        this.features = features;
        int last = text.length;
        while (last > 0 && text[last - 1] <= ' ') {
            last--;
        }
        this.end = last;
    }

    @Override
    public int read(float[] into, int rowsMax) throws Refusal {
        int count = 0;
        while (count < rowsMax && at < end) {
            Arrays.fill(into, count * features, (count + 1) * features, Float.NaN);
            line(into, count * features);
            count++;
        }
        return count;
    }

    private void line(float[] into, int to) throws Refusal {
        row++;
        boolean first = true;
        while (at < end && text[at] != '\n') {
            if (text[at] <= ' ') {
                at++;
                continue;
            }
            int start = at;
            int colon = -1;
            for (; at < end && text[at] > ' '; at++) {
                colon = colon < 0 && text[at] == ':' ? at : colon;
            }
            if (colon >= 0 && text[start] != 'q') {
                item(start, colon, into, to);
            } else if (!first && colon < 0) {
                throw malformed(start);
            } else if (colon < 0) {
                number(start, at, start);
            }
            first = false;
        }
        at++;
    }

    private void item(int start, int colon, float[] into, int to) throws Refusal {
        double index = number(start, colon, start);
        if (index != (int) index || index < 0) {
            throw malformed(start);
        }
        if (index >= features) {
            throw Rows.mismatch(
                    row,
                    "feature "
                            + (int) index
                            + ", expected indices from 0 to "
                            + (features - 1)
                            + " as the model was trained with "
                            + features
                            + " features");
        }
        into[to + (int) index] = (float) number(colon + 1, at, start);
    }

    private double number(int from, int to, int item) throws Refusal {
        try {
            return Decimal.parse(text, from, to);
        } catch (NumberFormatException _) {
            throw malformed(item);
        }
    }

    private Refusal malformed(int item) {
        int stop = item;
        while (stop < end && text[stop] > ' ' && stop - item < 40) {
            stop++;
        }
        return Rows.malformed(
                "libsvm",
                "row "
                        + row
                        + ": expected index:value, found '"
                        + new String(text, item, stop - item, StandardCharsets.UTF_8)
                        + "'");
    }
}
