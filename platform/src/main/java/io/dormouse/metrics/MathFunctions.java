package io.dormouse.metrics;

import io.dormouse.metrics.MathValue.Scalar;
import io.dormouse.metrics.MathValue.Series;
import io.dormouse.metrics.MathValue.Several;
import io.dormouse.metrics.MathValue.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/// The functions of metric math. What is wrong with their arguments is an IllegalArgumentException.
final class MathFunctions {
    static final String ALL =
            "SUM, AVG, MIN, MAX, RATE, FILL (of two), IF (of two or three) and METRICS() are";

    private MathFunctions() {}

    static boolean takes(String name, int arguments) {
        return switch (name) {
            case "SUM", "AVG", "MIN", "MAX", "RATE" -> arguments == 1;
            case "FILL" -> arguments == 2;
            case "IF" -> arguments == 2 || arguments == 3;
            default -> false;
        };
    }

    static MathValue call(String name, List<MathValue> arguments) {
        MathValue first = arguments.getFirst();
        return switch (name) {
            case "RATE" -> each(first, MathFunctions::rate);
            case "FILL" -> each(first, series -> fill(series, arguments.get(1)));
            case "IF" ->
                    choose(
                            first,
                            arguments.get(1),
                            arguments.size() == 3
                                    ? Optional.of(arguments.get(2))
                                    : Optional.empty());
            default -> total(name, first);
        };
    }

    private static MathValue each(
            MathValue value, java.util.function.UnaryOperator<Series> change) {
        return switch (value) {
            case Series series -> change.apply(series);
            case Several several ->
                    new Several(several.all().stream().map(one -> each(one, change)).toList());
            case Scalar _, Word _ ->
                    throw new IllegalArgumentException("A time series is expected");
        };
    }

    /// Of one series a number, of several a series: at each time of those that have a value then.
    private static MathValue total(String name, MathValue value) {
        return switch (value) {
            case Scalar scalar -> scalar;
            case Series series -> new Scalar(number(name, series.values().values()));
            case Several several -> {
                TreeMap<Instant, List<Double>> at = new TreeMap<>();
                Optional<Span> span = Optional.empty();
                for (MathValue one : several.all()) {
                    if (!(one instanceof Series series)) {
                        throw new IllegalArgumentException(name + " takes a list of time series");
                    }
                    span = Optional.of(series.span());
                    series.values()
                            .forEach((time, v) ->
                                    at.computeIfAbsent(time, _ -> new ArrayList<>()).add(v));
                }
                TreeMap<Instant, Double> values = new TreeMap<>();
                at.forEach((time, all) -> values.put(time, number(name, all)));
                yield new Series(
                        values,
                        span.orElseThrow(
                                () -> new IllegalArgumentException(name + " of no series at all")));
            }
            case Word _ -> throw new IllegalArgumentException(name + " takes time series");
        };
    }

    private static double number(String name, Collection<Double> values) {
        DoubleStream all = values.stream().mapToDouble(Double::doubleValue);
        return switch (name) {
            case "SUM" -> all.sum();
            case "AVG" -> all.average().orElse(Double.NaN);
            case "MIN" -> all.min().orElse(Double.NaN);
            default -> all.max().orElse(Double.NaN);
        };
    }

    /// The change per second since the value before.
    private static Series rate(Series series) {
        TreeMap<Instant, Double> values = new TreeMap<>();
        Map.Entry<Instant, Double> before = series.values().firstEntry();
        for (Map.Entry<Instant, Double> each : series.values().entrySet()) {
            if (before != null && before.getKey().isBefore(each.getKey())) {
                long seconds = Duration.between(before.getKey(), each.getKey()).toSeconds();
                values.put(each.getKey(), (each.getValue() - before.getValue()) / seconds);
            }
            before = each;
        }
        return new Series(values, series.span());
    }

    private static Series fill(Series series, MathValue with) {
        TreeMap<Instant, Double> values = new TreeMap<>(series.values());
        Span span = series.span();
        for (Instant at = span.start();
                at.isBefore(span.end());
                at = at.plusSeconds(span.period())) {
            if (!values.containsKey(at)) {
                Optional<Double> value = filler(series, with, at);
                if (value.isPresent()) {
                    values.put(at, value.get());
                }
            }
        }
        return new Series(values, span);
    }

    private static Optional<Double> filler(Series series, MathValue with, Instant at) {
        Map.Entry<Instant, Double> before = series.values().floorEntry(at);
        Map.Entry<Instant, Double> after = series.values().ceilingEntry(at);
        return switch (with) {
            case Scalar scalar -> Optional.of(scalar.value());
            case Series other -> Optional.ofNullable(other.values().get(at));
            case Word word when word.text().equals("REPEAT") ->
                    Optional.ofNullable(before).map(Map.Entry::getValue);
            case Word word when word.text().equals("LINEAR") -> {
                if (before == null || after == null) {
                    yield Optional.ofNullable(before == null ? after : before)
                            .map(Map.Entry::getValue);
                }
                double whole = Duration.between(before.getKey(), after.getKey()).toSeconds();
                double part = Duration.between(before.getKey(), at).toSeconds();
                yield Optional.of(
                        before.getValue() + (after.getValue() - before.getValue()) * part / whole);
            }
            case Word _, Several _ ->
                    throw new IllegalArgumentException(
                            "FILL takes a number, a time series, REPEAT or LINEAR");
        };
    }

    /// Where the condition is not 0 the one, else the other, which may be missing.
    private static MathValue choose(MathValue condition, MathValue yes, Optional<MathValue> no) {
        if (condition instanceof Scalar scalar) {
            if (scalar.value() != 0) {
                return yes;
            }
            return no.orElseThrow(() ->
                    new IllegalArgumentException("IF with a number as condition needs all three"));
        }
        if (!(condition instanceof Series series)) {
            throw new IllegalArgumentException("IF takes a number or a time series as condition");
        }
        TreeMap<Instant, Double> values = new TreeMap<>();
        series.values()
                .forEach((at, v) -> {
                    Optional<MathValue> chosen = v != 0 ? Optional.of(yes) : no;
                    chosen.flatMap(each -> at(each, at)).ifPresent(value -> values.put(at, value));
                });
        return new Series(values, series.span());
    }

    private static Optional<Double> at(MathValue value, Instant time) {
        return switch (value) {
            case Scalar scalar -> Optional.of(scalar.value());
            case Series series -> Optional.ofNullable(series.values().get(time));
            case Several _, Word _ ->
                    throw new IllegalArgumentException("IF chooses among numbers and time series");
        };
    }
}
