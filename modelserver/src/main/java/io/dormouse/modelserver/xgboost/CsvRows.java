package io.dormouse.modelserver.xgboost;

import io.dormouse.modelserver.Decimal;
import io.dormouse.modelserver.Refusal;
import java.nio.charset.StandardCharsets;

/// `text/csv` without a header and without the label: an empty cell is a missing value.
///
/// As in AWS's container the delimiter is found in the first line.
final class CsvRows implements Rows {
    private static final String DELIMITERS = ",\t;| ";

    private final byte[] text;
    private final int end;
    private final int features;
    private final byte delimiter;
    private int at;
    private long row;

    CsvRows(byte[] text, int features) {
        this.text = text;
        this.features = features;
        int last = text.length;
        while (last > 0 && (text[last - 1] == '\n' || text[last - 1] == '\r')) {
            last--;
        }
        this.end = last;
        this.delimiter = delimiter();
    }

    private byte delimiter() {
        for (int i = 0; i < DELIMITERS.length(); i++) {
            byte candidate = (byte) DELIMITERS.charAt(i);
            for (int j = 0; j < end && text[j] != '\n'; j++) {
                if (text[j] == candidate) {
                    return candidate;
                }
            }
        }
        return ',';
    }

    @Override
    public int read(float[] into, int rowsMax) throws Refusal {
        int count = 0;
        while (count < rowsMax && at < end) {
            line(into, count * features);
            count++;
        }
        return count;
    }

    private void line(float[] into, int to) throws Refusal {
        row++;
        int column = 0;
        boolean more = true;
        while (more) {
            int start = at;
            while (at < end && text[at] != delimiter && text[at] != '\n') {
                at++;
            }
            if (column < features) {
                into[to + column] = cell(start, at, column);
            }
            column++;
            more = at < end && text[at] == delimiter;
            at++;
        }
        if (column != features) {
            throw Rows.mismatch(
                    row,
                    column + " features, expected " + features + " as the model was trained with");
        }
    }

    private float cell(int from, int to, int column) throws Refusal {
        int start = from;
        int stop = to;
        while (start < stop && (text[start] == ' ' || text[start] == '"')) {
            start++;
        }
        while (stop > start
                && (text[stop - 1] == ' ' || text[stop - 1] == '"' || text[stop - 1] == '\r')) {
            stop--;
        }
        if (start == stop) {
            return Float.NaN;
        }
        try {
            return (float) Decimal.parse(text, start, stop);
        } catch (NumberFormatException _) {
            String found =
                    new String(text, start, Math.min(stop - start, 40), StandardCharsets.UTF_8);
            throw Rows.malformed(
                    "csv",
                    "row "
                            + row
                            + ", column "
                            + (column + 1)
                            + ": expected a number or nothing, found '"
                            + found
                            + "'");
        }
    }
}
