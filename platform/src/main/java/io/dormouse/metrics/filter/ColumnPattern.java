package io.dormouse.metrics.filter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// A pattern for lines of columns with space between: `[ip, user, ..., status = 4*, bytes > 1000]`.
/// What is in brackets or double quotes is one column.
///
/// Without `...` the last column takes all that is left of a line, as CloudWatch Logs' own example
/// `[w1=ERROR, w2]` shows.
///
/// @param behind of the columns, how many are counted from the end of a line
record ColumnPattern(List<Column> columns, Optional<Integer> behind, int expressions)
        implements FilterPattern {
    private static final int EXPRESSIONS_MAX = 2;

    ColumnPattern {
        columns = List.copyOf(columns);
        if (expressions > EXPRESSIONS_MAX) {
            throw InvalidPattern.because("at most two regular expressions can be in it");
        }
    }

    /// @param name empty where it has none
    record Column(String name, Predicate<String> condition) {}

    /// Reads what is between the brackets.
    static ColumnPattern of(String text) {
        return new Reader(text).read();
    }

    private static final class Reader {
        private final Scan scan;
        private final List<Column> columns = new ArrayList<>();
        private Optional<Integer> before = Optional.empty();
        private int expressions;

        Reader(String text) {
            scan = new Scan(text);
        }

        ColumnPattern read() {
            do {
                column();
            } while (scan.took(","));
            if (!scan.isAtEnd()) {
                throw scan.expected("','");
            }
            return new ColumnPattern(
                    columns, before.map(count -> columns.size() - count), expressions);
        }

        private void column() {
            if (isOver()) {
                columns.add(new Column("", _ -> true));
                return;
            }
            int place = scan.place();
            String name = scan.isNext("(") ? "" : name();
            if (name.equals("...")) {
                if (before.isPresent()) {
                    throw InvalidPattern.because("'...' can be in it once");
                }
                before = Optional.of(columns.size());
            } else if (isOver()) {
                columns.add(new Column(name, _ -> true));
            } else {
                scan.back(place);
                columns.add(withConditions());
            }
        }

        private boolean isOver() {
            return scan.isAtEnd() || scan.isNext(",");
        }

        private Column withConditions() {
            Set<String> names = new LinkedHashSet<>();
            Predicate<String> condition = new Compound<String>(scan, () -> condition(names)).next();
            if (names.size() > 1) {
                throw InvalidPattern.because(
                        "the conditions of one column cannot be about "
                                + String.join(" and ", names));
            }
            return new Column(names.iterator().next(), condition);
        }

        private Predicate<String> condition(Set<String> names) {
            names.add(name());
            Comparison comparison = Comparison.next(scan);
            expressions += comparison.expressions();
            return value -> comparison.test(value, FilterPattern.number(value));
        }

        private String name() {
            scan.skipSpace();
            String name = scan.take(c -> !Character.isWhitespace(c) && ",=!<>&|()".indexOf(c) < 0);
            if (name.isEmpty()) {
                throw scan.expected("A column's name");
            }
            boolean isName =
                    !name.startsWith(".")
                            && name.chars()
                                    .allMatch(c ->
                                            Character.isLetterOrDigit(c) || "_-.".indexOf(c) >= 0);
            if (!isName && !name.equals("...")) {
                throw InvalidPattern.term(name);
            }
            return name;
        }
    }

    /// What a line has in a column.
    ///
    /// @param from where it begins in the line
    private record Piece(String text, int from) {}

    @Override
    public Optional<Match> match(String line) {
        List<Piece> pieces = pieces(line);
        if (pieces.size() < columns.size()) {
            return Optional.empty();
        }
        int first = columns.size() - behind.orElse(0);
        Map<String, String> found = new LinkedHashMap<>();
        int skipped = behind.isPresent() ? pieces.size() - columns.size() : 0;
        for (int i = 0; i < columns.size(); i++) {
            int at = i < first ? i : i + skipped;
            boolean takesRest =
                    behind.isEmpty() && i == columns.size() - 1 && pieces.size() > columns.size();
            String value =
                    takesRest
                            ? line.substring(pieces.get(at).from()).strip()
                            : pieces.get(at).text();
            Column column = columns.get(i);
            if (!column.condition().test(value)) {
                return Optional.empty();
            }
            found.put("$" + (column.name().isEmpty() ? at + 1 : column.name()), value);
        }
        for (int i = first; i < first + skipped; i++) {
            found.put("$" + (i + 1), pieces.get(i).text());
        }
        return Optional.of(new Match.OfColumns(found));
    }

    private static List<Piece> pieces(String line) {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
                continue;
            }
            int end = c == '[' ? line.indexOf(']', at + 1) : c == '"' ? quote(line, at + 1) : -1;
            if (end >= 0) {
                pieces.add(new Piece(line.substring(at + 1, end), at));
                at = end + 1;
            } else {
                int from = at;
                while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
                    at++;
                }
                pieces.add(new Piece(line.substring(from, at), from));
            }
        }
        return pieces;
    }

    /// Where the phrase ends; -1 where it does not.
    private static int quote(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        return at < line.length() ? at : -1;
    }

    /// By name, or by number where the column has none.
    @Override
    public Optional<Field> field(String selector) {
        boolean isKnown =
                columns.stream().anyMatch(each -> selector.equals("$" + each.name()))
                        || selector.matches("\\$[1-9]\\d{0,3}");
        return isKnown && selector.length() > 1
                ? Optional.of(new Field.Column(selector))
                : Optional.empty();
    }

    @Override
    public boolean hasFields() {
        return true;
    }
}
