package io.dormouse.wire;

import io.dormouse.wire.Violation.Broken;
import io.dormouse.wire.Violation.Path;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/// Holds a request to its service's model: required members, lengths, ranges, patterns, enums.
///
/// The check looks at the built shape, whatever protocol brought it, so it holds for users in the
/// same process too.
final class Constraints {
    private final ServiceModel model;
    private final List<Violation> violations = new ArrayList<>();

    private Constraints(ServiceModel model) {
        this.model = model;
    }

    /// Throws the service's own error where the request breaks a rule.
    static void check(AwsService service, String operation, SdkPojo request) {
        ServiceModel model = ServiceModel.of(service);
        ServiceModel.Operation known = model.operations().get(operation);
        if (known != null && !known.input().isEmpty()) {
            Constraints constraints = new Constraints(model);
            constraints.check(Path.ROOT, request, model.rule(known.input()));
            if (!constraints.violations.isEmpty()) {
                throw service.violations().error(constraints.violations);
            }
        }
    }

    private void check(Path path, Object value, Rule rule) {
        switch (rule) {
            case Rule.Struct struct when struct.members().isEmpty() -> {}
            case Rule.Struct struct -> struct(path, (SdkPojo) value, struct);
            case Rule.Items items -> items(path, (List<?>) value, items);
            case Rule.Entries entries -> entries(path, (Map<?, ?>) value, entries);
            case Rule.Text _, Rule.Amount _, Rule.Blob _ ->
                    broken(value, rule)
                            .forEach(each -> violations.add(violation(path, value, each)));
        }
    }

    private static Violation violation(Path path, Object value, Broken broken) {
        return new Violation(path, print(value), broken);
    }

    private void struct(Path path, SdkPojo shape, Rule.Struct struct) {
        for (SdkField<?> field : shape.sdkFields()) {
            // The SDK renames a few members: their name on the wire is still the model's.
            Rule.Member member =
                    struct.members()
                            .getOrDefault(
                                    field.memberName(), struct.members().get(field.locationName()));
            if (member == null) {
                continue;
            }
            Object value = field.getValueOrDefault(shape);
            boolean isAbsent =
                    value == null
                            || value instanceof SdkAutoConstructList
                            || value instanceof SdkAutoConstructMap;
            if (!isAbsent) {
                check(path.then(field.memberName()), value, model.rule(member.rule()));
            } else if (member.isRequired()) {
                violations.add(
                        new Violation(path.then(field.memberName()), "null", new Broken.Missing()));
            }
        }
    }

    private void items(Path path, List<?> values, Rule.Items items) {
        size(path, values, values.size(), items.size());
        Rule rule = model.rule(items.member());
        if (isPlain(rule)) {
            if (values.stream().anyMatch(value -> value != null && isBroken(value, rule))) {
                violations.add(violation(path, values, new Broken.Elements(all(rule))));
            }
            return;
        }
        int number = 1;
        for (Object value : values) {
            if (value != null) {
                check(path.then(number), value, rule);
            }
            number++;
        }
    }

    private void entries(Path path, Map<?, ?> values, Rule.Entries entries) {
        size(path, values, values.size(), entries.size());
        Rule keys = model.rule(entries.key());
        if (values.keySet().stream().anyMatch(key -> isBroken(key, keys))) {
            violations.add(violation(path, values, new Broken.Keys(all(keys))));
        }
        Rule rule = model.rule(entries.value());
        if (isPlain(rule)) {
            if (values.values().stream()
                    .anyMatch(value -> value != null && isBroken(value, rule))) {
                violations.add(violation(path, values, new Broken.Values(all(rule))));
            }
            return;
        }
        values.forEach((key, value) -> {
            if (value != null) {
                check(path.then(String.valueOf(key)), value, rule);
            }
        });
    }

    private void size(Path path, Object values, int size, Rule.Limits limits) {
        if (limits.isBelow(BigDecimal.valueOf(size))) {
            violations.add(violation(path, values, new Broken.TooShort(limits.min(), true)));
        }
        if (limits.isAbove(BigDecimal.valueOf(size))) {
            violations.add(violation(path, values, new Broken.TooLong(limits.max(), true)));
        }
    }

    private static boolean isPlain(Rule rule) {
        return rule instanceof Rule.Text
                || rule instanceof Rule.Amount
                || rule instanceof Rule.Blob;
    }

    private static boolean isBroken(Object value, Rule rule) {
        return isPlain(rule) && !broken(value, rule).isEmpty();
    }

    /// Which parts of a plain value's rule it breaks.
    private static List<Broken> broken(Object value, Rule rule) {
        List<Broken> broken = new ArrayList<>(0);
        switch (rule) {
            case Rule.Text text -> {
                String actual = value.toString();
                length(actual.codePointCount(0, actual.length()), text.length(), broken);
                if (!text.form().test(actual)) {
                    broken.add(new Broken.Unlike(text.form().pattern()));
                }
                if (!text.values().isEmpty() && !text.values().contains(actual)) {
                    broken.add(new Broken.NoneOf(text.values()));
                }
            }
            case Rule.Amount number -> range(value, number.value(), broken);
            case Rule.Blob blob ->
                    length(((SdkBytes) value).asByteArrayUnsafe().length, blob.length(), broken);
            case Rule.Struct _, Rule.Items _, Rule.Entries _ ->
                    throw new IllegalStateException("Not a plain rule: " + rule);
        }
        return broken;
    }

    private static void length(int length, Rule.Limits limits, List<Broken> broken) {
        if (limits.isBelow(BigDecimal.valueOf(length))) {
            broken.add(new Broken.TooShort(limits.min(), false));
        }
        if (limits.isAbove(BigDecimal.valueOf(length))) {
            broken.add(new Broken.TooLong(limits.max(), false));
        }
    }

    private static void range(Object value, Rule.Limits limits, List<Broken> broken) {
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            BigDecimal exact = new BigDecimal(number.toString());
            if (limits.isBelow(exact)) {
                broken.add(new Broken.TooSmall(limits.min()));
            }
            if (limits.isAbove(exact)) {
                broken.add(new Broken.TooLarge(limits.max()));
            }
        }
    }

    /// Every part of a plain rule, in the order in which AWS recites them.
    private static List<Broken> all(Rule rule) {
        List<Broken> all = new ArrayList<>();
        switch (rule) {
            case Rule.Text text -> {
                lengths(text.length(), all);
                if (!text.form().pattern().isEmpty()) {
                    all.add(new Broken.Unlike(text.form().pattern()));
                }
                if (!text.values().isEmpty()) {
                    all.add(new Broken.NoneOf(text.values()));
                }
            }
            case Rule.Amount number -> {
                if (!number.value().max().isEmpty()) {
                    all.add(new Broken.TooLarge(number.value().max()));
                }
                if (!number.value().min().isEmpty()) {
                    all.add(new Broken.TooSmall(number.value().min()));
                }
            }
            case Rule.Blob blob -> lengths(blob.length(), all);
            case Rule.Struct _, Rule.Items _, Rule.Entries _ -> {}
        }
        return all;
    }

    private static void lengths(Rule.Limits limits, List<Broken> all) {
        if (!limits.max().isEmpty()) {
            all.add(new Broken.TooLong(limits.max(), false));
        }
        if (!limits.min().isEmpty()) {
            all.add(new Broken.TooShort(limits.min(), false));
        }
    }

    private static String print(Object value) {
        return value instanceof SdkBytes bytes
                ? "java.nio.HeapByteBuffer[pos=0 lim=" + bytes.asByteArrayUnsafe().length + "]"
                : value.toString();
    }
}
