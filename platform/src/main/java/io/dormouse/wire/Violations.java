package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import io.dormouse.wire.Violation.Broken;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// How a service says that a request breaks its constraints, with the texts that clients and people
/// know from AWS.
enum Violations {
    /// Most JSON services.
    JSON("ValidationException"),
    /// SageMaker Runtime.
    RUNTIME("ValidationError"),
    /// CloudWatch Logs.
    LOGS("InvalidParameterException"),
    /// The query services.
    QUERY("ValidationError"),
    /// CloudWatch has words of its own: `The parameter MetricData.member.1.MetricName is required.`
    CLOUDWATCH("InvalidParameterValue");

    private final String code;

    Violations(String code) {
        this.code = code;
    }

    /// The error for a request that breaks these, at least one.
    AwsServiceException error(List<Violation> violations) {
        if (this == CLOUDWATCH) {
            return cloudWatch(violations);
        }
        String count = violations.size() == 1 ? "1 validation error" : errors(violations.size());
        String all = violations.stream().map(Violations::text).collect(Collectors.joining("; "));
        return AwsError.error(code, 400, count + " detected: " + all);
    }

    private static String errors(int count) {
        return count + " validation errors";
    }

    private static String text(Violation violation) {
        String value =
                violation.broken() instanceof Broken.Missing
                        ? "null"
                        : "'" + violation.value() + "'";
        return "Value "
                + value
                + " at '"
                + path(violation.path())
                + "' failed to satisfy constraint: "
                + text(violation.broken());
    }

    /// `productionVariants.1.member.variantName`: AWS's names with their first letter made small.
    private static String path(Violation.Path path) {
        return path.steps().stream()
                .map(step ->
                        step instanceof String name
                                ? name.isEmpty()
                                        ? name
                                        : Character.toLowerCase(name.charAt(0)) + name.substring(1)
                                : step + ".member")
                .collect(Collectors.joining("."));
    }

    private static String text(Broken broken) {
        return switch (broken) {
            case Broken.Missing _ -> "Member must not be null";
            case Broken.TooShort rule ->
                    "Member must have length greater than or equal to " + rule.min();
            case Broken.TooLong rule ->
                    "Member must have length less than or equal to " + rule.max();
            case Broken.TooSmall rule ->
                    "Member must have value greater than or equal to " + rule.min();
            case Broken.TooLarge rule ->
                    "Member must have value less than or equal to " + rule.max();
            case Broken.Unlike rule ->
                    "Member must satisfy regular expression pattern: " + rule.pattern();
            case Broken.NoneOf rule -> "Member must satisfy enum value set: " + rule.values();
            case Broken.Elements of -> "Member must satisfy constraint: " + texts(of.rules());
            case Broken.Keys of -> "Map keys must satisfy constraint: " + texts(of.rules());
            case Broken.Values of -> "Map value must satisfy constraint: " + texts(of.rules());
        };
    }

    private static String texts(List<Broken> rules) {
        return rules.stream().map(Violations::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static AwsServiceException cloudWatch(List<Violation> violations) {
        List<Violation> missing =
                violations.stream()
                        .filter(each -> each.broken() instanceof Broken.Missing)
                        .toList();
        AwsError error =
                missing.isEmpty() ? AwsError.INVALID_PARAMETER_VALUE : AwsError.MISSING_PARAMETER;
        return error.of(
                (missing.isEmpty() ? violations : missing)
                        .stream()
                                .map(each -> cloudWatch(each, each.broken()))
                                .collect(Collectors.joining("\n")));
    }

    private static String cloudWatch(Violation violation, Broken broken) {
        String name =
                violation.path().steps().stream()
                        .map(step -> step instanceof String text ? text : "member." + step)
                        .collect(Collectors.joining("."));
        String parameter = "The parameter " + name + " ";
        return switch (broken) {
            case Broken.Missing _ -> parameter + "is required.";
            case Broken.TooLong rule when rule.isCollection() ->
                    "The collection "
                            + name
                            + " must not have a size greater than "
                            + rule.max()
                            + ".";
            case Broken.TooShort rule when rule.isCollection() ->
                    "The collection "
                            + name
                            + " must not have a size less than "
                            + rule.min()
                            + ".";
            case Broken.TooLong rule ->
                    parameter
                            + "must be shorter than "
                            + (Long.parseLong(rule.max()) + 1)
                            + " characters";
            case Broken.TooShort rule ->
                    parameter
                            + "must be longer than "
                            + (Long.parseLong(rule.min()) - 1)
                            + " characters";
            case Broken.TooSmall rule ->
                    parameter + "must be greater than or equal to " + rule.min() + ".";
            case Broken.TooLarge rule ->
                    parameter + "must be less than or equal to " + rule.max() + ".";
            case Broken.NoneOf rule ->
                    parameter
                            + "must be a value in the set [ "
                            + String.join(", ", rule.values())
                            + " ].";
            case Broken.Unlike _ ->
                    "The value " + violation.value() + " for parameter " + name + " is invalid.";
            case Broken.Elements of -> cloudWatch(violation, of.rules().getFirst());
            case Broken.Keys of -> cloudWatch(violation, of.rules().getFirst());
            case Broken.Values of -> cloudWatch(violation, of.rules().getFirst());
        };
    }
}
