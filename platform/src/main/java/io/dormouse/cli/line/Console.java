package io.dormouse.cli.line;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.IntStream;

/// What a command says: answers on standard output, progress on standard error, so that a program
/// can read the one without the other.
public final class Console {
    private final PrintWriter out;
    private final PrintWriter err;

    public Console(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /// A line of the answer.
    public void say(String text) {
        out.println(text);
        out.flush();
    }

    /// A line about what is being done.
    public void progress(String text) {
        err.println(text);
        err.flush();
    }

    /// Rows under headings, each column as wide as its widest cell.
    public void table(List<String> headings, List<List<String>> rows) {
        int[] widths =
                IntStream.range(0, headings.size())
                        .map(column ->
                                Math.max(
                                        headings.get(column).length(),
                                        rows.stream()
                                                .mapToInt(row -> row.get(column).length())
                                                .max()
                                                .orElse(0)))
                        .toArray();
        say(line(headings, widths));
        rows.forEach(row -> say(line(row, widths)));
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            line.append(cell);
            if (i < widths.length - 1) {
                line.repeat(' ', widths[i] - cell.length() + 2);
            }
        }
        return line.toString();
    }
}
