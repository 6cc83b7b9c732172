package io.dormouse.trainer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON document as a tree. Numbers keep their digits, so what is not touched is written as it
/// was read.
sealed interface Json {
    /// An object.
    ///
    /// @param members in their order
    record Members(Map<String, Json> members) implements Json {}

    /// An array.
    ///
    /// @param items in their order
    record Items(List<Json> items) implements Json {}

    /// A string.
    ///
    /// @param text without quotes and escapes
    record Text(String text) implements Json {}

    /// A number, `true`, `false` or `null`.
    ///
    /// @param text as it stands in the document
    record Word(String text) implements Json {}

    /// Reads a document.
    ///
    /// @throws IllegalArgumentException when it is not JSON; the message says where
    static Json parse(String document) {
        Parser parser = new Parser(document);
        Json value = parser.value(0);
        parser.end();
        return value;
    }

    /// The document again, on one line.
    default String write() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        switch (this) {
            case Word(String text) -> out.append(text);
            case Text(String text) -> quote(text, out);
            case Items(List<Json> items) -> {
                String before = "[";
                for (Json item : items) {
                    out.append(before);
                    item.write(out);
                    before = ",";
                }
                out.append(items.isEmpty() ? "[]" : "]");
            }
            case Members(Map<String, Json> members) -> {
                String before = "{";
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    out.append(before);
                    quote(member.getKey(), out);
                    out.append(':');
                    member.getValue().write(out);
                    before = ",";
                }
                out.append(members.isEmpty() ? "{}" : "}");
            }
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /// Goes through a document once.
    final class Parser {
        private static final int DEPTH_MAX = 100;

        private final String document;
        private int at;

        private Parser(String document) {
            this.document = document;
        }

        private Json value(int depth) {
            if (depth > DEPTH_MAX) {
                throw broken("at most " + DEPTH_MAX + " levels");
            }
            return switch (peek()) {
                case '{' -> members(depth);
                case '[' -> items(depth);
                case '"' -> new Text(text());
                default -> word();
            };
        }

        private Members members(int depth) {
            Map<String, Json> members = new LinkedHashMap<>();
            at++;
            while (peek() != '}') {
                if (!members.isEmpty()) {
                    expect(',');
                }
                if (peek() != '"') {
                    throw broken("a name in quotes");
                }
                String name = text();
                expect(':');
                members.put(name, value(depth + 1));
            }
            at++;
            return new Members(members);
        }

        private Items items(int depth) {
            List<Json> items = new ArrayList<>();
            at++;
            while (peek() != ']') {
                if (!items.isEmpty()) {
                    expect(',');
                }
                items.add(value(depth + 1));
            }
            at++;
            return new Items(items);
        }

        private String text() {
            StringBuilder text = new StringBuilder();
            at++;
            while (at < document.length() && document.charAt(at) != '"') {
                char c = document.charAt(at++);
                text.append(c == '\\' ? escape() : c);
            }
            expect('"');
            return text.toString();
        }

        private char escape() {
            char c = at < document.length() ? document.charAt(at++) : 0;
            return switch (c) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case '"', '\\', '/' -> c;
                case 'u' -> {
                    try {
                        yield (char) Integer.parseInt(document.substring(at, at += 4), 16);
                    } catch (NumberFormatException | IndexOutOfBoundsException e) {
                        throw broken("four hexadecimal digits");
                    }
                }
                default -> throw broken("a known escape");
            };
        }

        private Word word() {
            int start = at;
            while (at < document.length() && isOfWord(document.charAt(at))) {
                at++;
            }
            if (at == start) {
                throw broken("a value");
            }
            return new Word(document.substring(start, at));
        }

        private static boolean isOfWord(char c) {
            return Character.isLetterOrDigit(c) || c == '+' || c == '-' || c == '.';
        }

        private char peek() {
            while (at < document.length() && Character.isWhitespace(document.charAt(at))) {
                at++;
            }
            return at < document.length() ? document.charAt(at) : 0;
        }

        private void expect(char wanted) {
            if (peek() != wanted) {
                throw broken("'" + wanted + "'");
            }
            at++;
        }

        private void end() {
            if (peek() != 0) {
                throw broken("the end");
            }
        }

        private IllegalArgumentException broken(String wanted) {
            return new IllegalArgumentException(
                    "not JSON: expected " + wanted + " at character " + at);
        }
    }
}
