package io.dormouse.metrics;

import io.dormouse.metrics.MathValue.Scalar;
import io.dormouse.metrics.MathValue.Series;
import io.dormouse.metrics.MathValue.Several;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An expression of metric math, parsed: `100 * errors / IF(calls > 0, calls)`.
///
///     or     := and (OR and)*            and := compare (AND compare)*
///     compare := sum (< <= > >= == != sum)*
///     sum    := product ((+ -) product)*  product := power ((* /) power)*
///     power  := unary (^ power)?          unary := - unary | value
///
/// See [metric
/// math](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
final class MetricMath {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\s*(\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+|[A-Za-z_][A-Za-z0-9_]*|<=|>=|==|!=|&&"
                            + "|\\|\\||[-+*/^()\\[\\],<>])");
    private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "==", "!=");
    private static final int DEPTH_MAX = 50;

    /// A part of the expression, evaluated with the values of its identifiers.
    @FunctionalInterface
    interface Term {
        MathValue of(Function<String, MathValue> values);
    }

    private final String id;
    private final List<String> tokens = new ArrayList<>();
    private final List<String> identifiers = new ArrayList<>();
    private final Term term;
    private int next;
    private int depth;

    /// @param id of the query, for what is said of its errors
    /// @param metrics the identifiers that `METRICS()` stands for
    MetricMath(String id, String expression, List<String> metrics) {
        this.id = id;
        Matcher matcher = TOKEN.matcher(expression.strip());
        int end = 0;
        int length = expression.strip().length();
        while (end < length) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw wrong("Unexpected character at position " + end);
            }
            tokens.add(matcher.group(1));
            end = matcher.end();
        }
        term = or(metrics);
        if (next < tokens.size()) {
            throw wrong("Unexpected '" + tokens.get(next) + "'");
        }
    }

    /// The queries that it needs.
    List<String> identifiers() {
        return List.copyOf(identifiers);
    }

    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationError` where
    ///   what it gives is no time series
    Series of(Function<String, MathValue> values) {
        try {
            if (term.of(values) instanceof Series series) {
                return series;
            }
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        throw wrong("The expression must give one time series, not a scalar or several series");
    }

    private RuntimeException wrong(String why) {
        return MetricErrors.validation("Error in expression '" + id + "': " + why);
    }

    private Optional<String> peek() {
        return next < tokens.size() ? Optional.of(tokens.get(next)) : Optional.empty();
    }

    private boolean take(String token) {
        boolean is = peek().filter(token::equals).isPresent();
        next += is ? 1 : 0;
        return is;
    }

    private void expect(String token) {
        if (!take(token)) {
            throw wrong(
                    "Expected '"
                            + token
                            + "'"
                            + peek().map(t -> " before '" + t + "'").orElse(" at the end"));
        }
    }

    private Term or(List<String> metrics) {
        if (++depth > DEPTH_MAX) {
            throw wrong("It is nested more than " + DEPTH_MAX + " times");
        }
        Term left = and(metrics);
        while (take("OR") || take("||")) {
            left = binary(left, and(metrics), "OR");
        }
        depth--;
        return left;
    }

    private Term and(List<String> metrics) {
        Term left = compare(metrics);
        while (take("AND") || take("&&")) {
            left = binary(left, compare(metrics), "AND");
        }
        return left;
    }

    private Term compare(List<String> metrics) {
        Term left = sum(metrics);
        while (peek().filter(COMPARISONS::contains).isPresent()) {
            String operator = tokens.get(next++);
            left = binary(left, sum(metrics), operator);
        }
        return left;
    }

    private Term sum(List<String> metrics) {
        Term left = product(metrics);
        while (peek().filter(t -> t.equals("+") || t.equals("-")).isPresent()) {
            String operator = tokens.get(next++);
            left = binary(left, product(metrics), operator);
        }
        return left;
    }

    private Term product(List<String> metrics) {
        Term left = power(metrics);
        while (peek().filter(t -> t.equals("*") || t.equals("/")).isPresent()) {
            String operator = tokens.get(next++);
            left = binary(left, power(metrics), operator);
        }
        return left;
    }

    private Term power(List<String> metrics) {
        int minuses = 0;
        while (take("-")) {
            minuses++;
        }
        Term base = value(metrics);
        if (take("^")) {
            base = binary(base, power(metrics), "^");
        }
        return minuses % 2 == 0 ? base : binary(_ -> new Scalar(0), base, "-");
    }

    private static Term binary(Term left, Term right, String operator) {
        return values -> MathValue.combine(left.of(values), right.of(values), operator);
    }

    private Term value(List<String> metrics) {
        String token = peek().orElseThrow(() -> wrong("It ends where a value was expected"));
        next++;
        if (token.equals("(")) {
            Term inner = or(metrics);
            expect(")");
            return inner;
        }
        if (token.equals("[")) {
            List<Term> all = arguments("]", metrics);
            return values -> new Several(all.stream().map(each -> each.of(values)).toList());
        }
        char first = token.charAt(0);
        if (Character.isDigit(first) || first == '.') {
            double number = Double.parseDouble(token);
            return _ -> new Scalar(number);
        }
        if (!Character.isLetter(first)) {
            throw wrong("Unexpected '" + token + "'");
        }
        if (take("(")) {
            return function(token.toUpperCase(Locale.ROOT), metrics);
        }
        if (Character.isUpperCase(first)) {
            return _ -> new MathValue.Word(token);
        }
        identifiers.add(token);
        return values -> values.apply(token);
    }

    private Term function(String name, List<String> metrics) {
        List<Term> arguments = arguments(")", metrics);
        if (name.equals("METRICS") && arguments.isEmpty()) {
            identifiers.addAll(metrics);
            return values -> new Several(metrics.stream().map(values).toList());
        }
        if (!MathFunctions.takes(name, arguments.size())) {
            throw wrong(
                    "There is no function "
                            + name
                            + " of "
                            + arguments.size()
                            + " arguments here: "
                            + MathFunctions.ALL);
        }
        return values ->
                MathFunctions.call(name, arguments.stream().map(each -> each.of(values)).toList());
    }

    private List<Term> arguments(String end, List<String> metrics) {
        List<Term> arguments = new ArrayList<>();
        if (take(end)) {
            return arguments;
        }
        do {
            arguments.add(or(metrics));
        } while (take(","));
        expect(end);
        return arguments;
    }
}
