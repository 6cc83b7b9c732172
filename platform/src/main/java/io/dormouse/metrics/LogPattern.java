package io.dormouse.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A filter pattern for unstructured lines: words and "quoted phrases" that must all occur, `-word`
/// that must not, `?word` of which one must. Case matters, as in CloudWatch Logs.
///
/// See [filter pattern
/// syntax](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
///
/// @param any ignored where there are others: CloudWatch Logs does so
record LogPattern(List<String> all, List<String> none, List<String> any) {
    private static final Pattern TERM =
            Pattern.compile("\\s*([-?]?)(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s\"]+))");

    LogPattern {
        all = List.copyOf(all);
        none = List.copyOf(none);
        any = List.copyOf(any);
    }

    /// @throws software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException where
    ///   the pattern is of a kind that is not served (JSON, columns, regular expressions), or no
    ///   pattern at all
    static LogPattern of(String text) {
        String pattern = text.strip();
        if (pattern.startsWith("{") || pattern.startsWith("[") || pattern.startsWith("%")) {
            throw LogErrors.invalid(
                    "Invalid filter pattern: patterns for JSON { }, for columns [ ] and regular"
                            + " expressions % % are not supported here; words, \"phrases\", -word"
                            + " and ?word are.");
        }
        List<String> all = new ArrayList<>();
        List<String> none = new ArrayList<>();
        List<String> any = new ArrayList<>();
        Matcher matcher = TERM.matcher(pattern);
        int end = 0;
        while (end < pattern.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw LogErrors.invalid(
                        "Invalid filter pattern: unexpected text at character "
                                + (end + 1)
                                + "; quote phrases with a \" at both ends.");
            }
            String phrase = matcher.group(2);
            String term = phrase == null ? matcher.group(3) : phrase.replaceAll("\\\\(.)", "$1");
            switch (matcher.group(1)) {
                case "-" -> none.add(term);
                case "?" -> any.add(term);
                default -> all.add(term);
            }
            end = matcher.end();
        }
        return new LogPattern(all, none, any);
    }

    boolean matches(String line) {
        if (!all.stream().allMatch(line::contains) || none.stream().anyMatch(line::contains)) {
            return false;
        }
        return any.isEmpty()
                || !all.isEmpty()
                || !none.isEmpty()
                || any.stream().anyMatch(line::contains);
    }
}
