package io.dormouse.trainer;

import java.io.IOException;

/// Reads CSV as AWS's XGBoost takes it: no header, the label first, then (with csv_weights) the
/// weight; an empty cell is a missing value. The delimiter is found in the first line.
final class CsvTable {
    private static final String DELIMITERS = ",\t;| ";

    private final LineReader lines;
    private final Labels rule;
    private final boolean weighted;
    private final Floats labels = new Floats();
    private final Floats weights = new Floats();
    private final Floats values = new Floats();
    private char delimiter;
    private int cells;
    private String widthFrom = "";

    private CsvTable(Channel channel, Labels rule, boolean weighted) {
        this.lines = new LineReader(channel);
        this.rule = rule;
        this.weighted = weighted;
    }

    /// Reads a channel.
    ///
    /// @throws UserError for a row that is broken, with its file, line and column
    static Table read(Channel channel, Labels rule, boolean weighted)
            throws IOException, UserError {
        CsvTable reader = new CsvTable(channel, rule, weighted);
        reader.lines.read(channel.files(), reader::row);
        int columns = reader.cells - reader.leading();
        if (reader.labels.size() == 0) {
            throw new UserError("Channel " + channel.name() + " has no rows.");
        }
        return new Table(
                reader.labels.toArray(),
                reader.weights.toArray(),
                new int[0],
                new Table.Dense(reader.values.toArray(), columns));
    }

    /// Cells in front of the features.
    private int leading() {
        return weighted ? 2 : 1;
    }

    private void row(String line) throws UserError {
        if (cells == 0) {
            delimiter = delimiter(line);
        }
        int count = 0;
        int from = 0;
        while (from <= line.length()) {
            int next = line.indexOf(delimiter, from);
            int to = next < 0 ? line.length() : next;
            cell(line.substring(from, to), count);
            count++;
            from = to + 1;
        }
        if (cells == 0) {
            if (count <= leading()) {
                throw lines.broken(
                        "has "
                                + count
                                + " column"
                                + (count == 1 ? "" : "s")
                                + ", expected the label"
                                + (weighted ? ", the weight" : "")
                                + " and at least one feature");
            }
            cells = count;
            widthFrom = lines.place();
        } else if (count != cells) {
            throw lines.broken(
                    "has " + count + " columns, expected " + cells + " as in " + widthFrom);
        }
    }

    private static char delimiter(String line) {
        for (int i = 0; i < DELIMITERS.length(); i++) {
            if (line.indexOf(DELIMITERS.charAt(i)) >= 0) {
                return DELIMITERS.charAt(i);
            }
        }
        return ',';
    }

    private void cell(String text, int column) throws UserError {
        String what = "column " + (column + 1);
        if (column == 0) {
            float label = lines.number(text, what + " (the label)", "a number" + noHeader());
            String broken = Float.isNaN(label) ? "the label is missing" : rule.broken(label);
            if (!broken.isEmpty()) {
                throw lines.broken(what + " is " + LineReader.snippet(text) + ": " + broken);
            }
            labels.add(label);
        } else if (column == 1 && weighted) {
            float weight = lines.number(text, what + " (the weight)", "a number, at least 0");
            if (!(weight >= 0)) {
                throw lines.broken(
                        what
                                + " (the weight) is "
                                + LineReader.snippet(text)
                                + ", expected a number, at least 0");
            }
            weights.add(weight);
        } else {
            values.add(
                    text.isBlank()
                            ? Float.NaN
                            : lines.number(text, what, "a number or nothing" + noHeader()));
        }
    }

    private String noHeader() {
        return lines.isFirstLine() ? " (a file has no header, and the label comes first)" : "";
    }
}
