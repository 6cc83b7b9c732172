package io.dormouse.cli.line;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// An option of a command.
///
/// @param names `--name`, and `-n` where it has a short form; the first one is its key
/// @param label what its value is called; empty for a flag
/// @param description for the help
/// @param otherwise the value where it is not given, if there is one
/// @param choices the only values it takes; empty where any do
/// @param parse what reads the value; an IllegalArgumentException says in a sentence what was
///   expected
public record Option<T>(
        List<String> names,
        String label,
        String description,
        Optional<T> otherwise,
        List<String> choices,
        Function<String, T> parse) {
    public Option {
        names = List.copyOf(names);
        choices = List.copyOf(choices);
    }

    public static Option<Boolean> flag(String description, String... names) {
        return new Option<>(
                List.of(names), "", description, Optional.of(false), List.of(), _ -> true);
    }

    public static Option<String> text(String name, String label, String description) {
        return new Option<>(
                List.of(name), label, description, Optional.empty(), List.of(), text -> text);
    }

    public static Option<String> text(
            String name, String label, String otherwise, String description) {
        return new Option<>(
                List.of(name),
                label,
                description + " (default: " + otherwise + ")",
                Optional.of(otherwise),
                List.of(),
                text -> text);
    }

    public static Option<Path> path(String name, String label, String description) {
        return new Option<>(
                List.of(name), label, description, Optional.empty(), List.of(), Path::of);
    }

    public static Option<URI> url(String name, String description) {
        return new Option<>(
                List.of(name), "URL", description, Optional.empty(), List.of(), Option::url);
    }

    /// A whole number within bounds.
    public static Option<Integer> number(
            String name, String label, int min, int max, String description) {
        return new Option<>(
                List.of(name),
                label,
                description,
                Optional.empty(),
                List.of(),
                text -> number(text, min, max));
    }

    /// Whole numbers within bounds, parted by commas.
    public static Option<List<Integer>> numbers(
            String name, String label, int min, int max, String description) {
        return new Option<>(
                List.of(name),
                label,
                description,
                Optional.empty(),
                List.of(),
                text ->
                        Pattern.compile(",")
                                .splitAsStream(text)
                                .map(each -> number(each.strip(), min, max))
                                .toList());
    }

    /// A number within bounds, which may have a fraction.
    public static Option<Double> decimal(
            String name, String label, double min, double max, String description) {
        return new Option<>(
                List.of(name),
                label,
                description,
                Optional.empty(),
                List.of(),
                text -> decimal(text, min, max));
    }

    /// One of a few whole numbers.
    public static Option<Integer> number(
            String name, String label, List<Integer> choices, String description) {
        List<String> texts = choices.stream().map(String::valueOf).toList();
        return new Option<>(
                List.of(name),
                label,
                description,
                Optional.empty(),
                texts,
                text -> Integer.valueOf(oneOf(texts, text)));
    }

    /// One of a few words.
    public static Option<String> word(
            String name, String label, List<String> choices, String description) {
        return new Option<>(
                List.of(name),
                label,
                description,
                Optional.empty(),
                choices,
                text -> oneOf(choices, text));
    }

    /// The same, with a value where none is given.
    public Option<T> or(T value) {
        return new Option<>(
                names,
                label,
                description + " (default: " + value + ")",
                Optional.of(value),
                choices,
                parse);
    }

    /// What was expected, where `text` is not that.
    Optional<String> expectedInstead(String text) {
        try {
            T _ = parse.apply(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    String key() {
        return names.getFirst();
    }

    boolean isFlag() {
        return label.isEmpty();
    }

    private static int number(String text, int min, int max) {
        // Ten digits at most, so that nothing is longer than a long.
        if (Pattern.matches("-?[0-9]{1,10}", text)
                && Long.parseLong(text) >= min
                && Long.parseLong(text) <= max) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("a whole number from " + min + " to " + max);
    }

    private static double decimal(String text, double min, double max) {
        if (Pattern.matches("[0-9]{1,9}([.][0-9]{1,9})?", text)) {
            double value = Double.parseDouble(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number from " + min + " to " + max);
    }

    private static String oneOf(List<String> choices, String text) {
        if (choices.contains(text)) {
            return text;
        }
        throw new IllegalArgumentException("one of " + String.join(", ", choices));
    }

    private static URI url(String text) {
        if (text.startsWith("http://") || text.startsWith("https://")) {
            URI url = URI.create(text);
            if (url.getHost() != null) {
                return url;
            }
        }
        throw new IllegalArgumentException("a URL such as http://127.0.0.1:4600");
    }
}
