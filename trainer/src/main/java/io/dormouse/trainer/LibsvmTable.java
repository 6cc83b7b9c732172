package io.dormouse.trainer;

import java.io.IOException;
import java.util.Arrays;
import java.util.StringTokenizer;

/// Reads libsvm as XGBoost does: `label[:weight] [qid:n] index:value …`. Indices are taken as they
/// are, counted from 0; what is not named is missing.
final class LibsvmTable {
    private static final String FORM = "label[:weight] index:value index:value ...";

    private final LineReader lines;
    private final Labels rule;
    private final Floats labels = new Floats();
    private final Floats weights = new Floats();
    private final Floats values = new Floats();
    private int[] indices = new int[1024];
    private long[] starts = new long[1024];
    private int[] queries = new int[1024];
    private int withQuery;
    private int columns;

    private LibsvmTable(Channel channel, Labels rule) {
        this.lines = new LineReader(channel);
        this.rule = rule;
    }

    /// Reads a channel.
    ///
    /// @throws UserError for a row that is broken, with its file and line
    static Table read(Channel channel, Labels rule) throws IOException, UserError {
        LibsvmTable reader = new LibsvmTable(channel, rule);
        reader.lines.read(channel.files(), reader::row);
        int rows = reader.labels.size();
        if (rows == 0) {
            throw new UserError("Channel " + channel.name() + " has no rows.");
        }
        reader.starts = Arrays.copyOf(reader.starts, rows + 1);
        reader.starts[rows] = reader.values.size();
        return new Table(
                reader.labels.toArray(),
                reader.weights.toArray(),
                Arrays.copyOf(reader.queries, reader.withQuery),
                new Table.Sparse(
                        reader.starts,
                        Arrays.copyOf(reader.indices, reader.values.size()),
                        reader.values.toArray(),
                        Math.max(1, reader.columns)));
    }

    private void row(String line) throws UserError {
        int row = labels.size();
        if (row + 1 >= starts.length) {
            starts = Arrays.copyOf(starts, row * 2);
        }
        starts[row] = values.size();
        StringTokenizer items = new StringTokenizer(line);
        label(items.nextToken());
        while (items.hasMoreTokens()) {
            item(items.nextToken());
        }
        if (weights.size() != 0 && weights.size() != labels.size()) {
            throw lines.broken("every row has a weight (" + FORM + "), or none has");
        }
        if (withQuery != 0 && withQuery != labels.size()) {
            throw lines.broken("every row has a qid, or none has");
        }
    }

    private void label(String text) throws UserError {
        int colon = text.indexOf(':');
        String first = colon < 0 ? text : text.substring(0, colon);
        float label = lines.number(first, "the label", "a number: " + FORM);
        String broken = Float.isNaN(label) ? "the label is missing" : rule.broken(label);
        if (!broken.isEmpty()) {
            throw lines.broken("the label is " + LineReader.snippet(first) + ": " + broken);
        }
        labels.add(label);
        if (colon >= 0) {
            weights.add(lines.number(text.substring(colon + 1), "the weight", "a number: " + FORM));
        }
    }

    private void item(String text) throws UserError {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw lines.broken("found " + LineReader.snippet(text) + ", expected index:value");
        }
        if (text.startsWith("qid:")) {
            query(wholeNumber(text.substring(4), text));
            return;
        }
        int index = wholeNumber(text.substring(0, colon), text);
        float value = lines.number(text.substring(colon + 1), "the value of " + index, "a number");
        int at = values.size();
        if (at == indices.length) {
            indices = Arrays.copyOf(indices, at * 2);
        }
        indices[at] = index;
        values.add(value);
        columns = Math.max(columns, index + 1);
    }

    private int wholeNumber(String text, String item) throws UserError {
        try {
            int value = Integer.parseInt(text);
            if (value >= 0 && value < Integer.MAX_VALUE) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw lines.broken(
                "found "
                        + LineReader.snippet(item)
                        + ", expected index:value with a whole number, at least 0, as the index");
    }

    private void query(int query) {
        if (withQuery == queries.length) {
            queries = Arrays.copyOf(queries, withQuery * 2);
        }
        queries[withQuery++] = query;
    }
}
