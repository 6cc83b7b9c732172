package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.sagemaker.model.BooleanOperator;
import software.amazon.awssdk.services.sagemaker.model.Filter;
import software.amazon.awssdk.services.sagemaker.model.NestedFilters;
import software.amazon.awssdk.services.sagemaker.model.Operator;
import software.amazon.awssdk.services.sagemaker.model.SearchExpression;

/// A search expression: filters, nested filters and expressions within, joined by And or Or.
final class SearchFilter implements Predicate<SdkPojo> {
    private final Properties properties;
    private final Optional<SearchExpression> expression;

    /// @param expression null for everything, as the SDK's getter says it
    SearchFilter(Properties properties, SearchExpression expression) {
        this.properties = properties;
        this.expression = Optional.ofNullable(expression);
        this.expression.ifPresent(this::require);
    }

    private void require(SearchExpression asked) {
        for (Filter filter : asked.filters()) {
            properties.require(filter.name());
        }
        for (NestedFilters nested : asked.nestedFilters()) {
            properties.require(nested.nestedPropertyName());
        }
        asked.subExpressions().forEach(this::require);
    }

    @Override
    public boolean test(SdkPojo resource) {
        return expression.map(asked -> test(asked, resource)).orElse(true);
    }

    private boolean test(SearchExpression asked, SdkPojo resource) {
        List<Predicate<SdkPojo>> terms =
                Stream.of(
                                asked.filters().stream()
                                        .<Predicate<SdkPojo>>map(
                                                each -> pojo -> test(each, each.name(), pojo)),
                                asked.nestedFilters().stream()
                                        .<Predicate<SdkPojo>>map(each -> pojo -> test(each, pojo)),
                                asked.subExpressions().stream()
                                        .<Predicate<SdkPojo>>map(each -> pojo -> test(each, pojo)))
                        .flatMap(each -> each)
                        .toList();
        if (terms.isEmpty()) {
            return true;
        }
        return asked.operator() == BooleanOperator.OR
                ? terms.stream().anyMatch(term -> term.test(resource))
                : terms.stream().allMatch(term -> term.test(resource));
    }

    /// One element of the list has to fulfil all of the filters.
    private boolean test(NestedFilters nested, SdkPojo resource) {
        String prefix = nested.nestedPropertyName() + ".";
        return properties.values(resource, nested.nestedPropertyName()).stream()
                .filter(SdkPojo.class::isInstance)
                .map(SdkPojo.class::cast)
                .anyMatch(element ->
                        nested.filters().stream()
                                .allMatch(
                                        each -> test(each, without(each.name(), prefix), element)));
    }

    private static String without(String name, String prefix) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    private boolean test(Filter filter, String path, SdkPojo resource) {
        List<Object> values = properties.values(resource, path);
        Operator operator = Optional.ofNullable(filter.operator()).orElse(Operator.EQUALS);
        if (operator == Operator.EXISTS) {
            return !values.isEmpty();
        } else if (operator == Operator.NOT_EXISTS) {
            return values.isEmpty();
        }
        String wanted = filter.value();
        if (wanted == null) {
            throw invalid(filter, "a Value");
        }
        return switch (operator) {
            case NOT_EQUALS -> values.stream().noneMatch(each -> order(filter, each, wanted) == 0);
            case CONTAINS -> values.stream().anyMatch(each -> each.toString().contains(wanted));
            case IN -> {
                List<String> any = Arrays.stream(wanted.split(",")).map(String::strip).toList();
                yield values.stream()
                        .anyMatch(each ->
                                any.stream().anyMatch(one -> order(filter, each, one) == 0));
            }
            case GREATER_THAN -> values.stream().anyMatch(each -> order(filter, each, wanted) > 0);
            case GREATER_THAN_OR_EQUAL_TO ->
                    values.stream().anyMatch(each -> order(filter, each, wanted) >= 0);
            case LESS_THAN -> values.stream().anyMatch(each -> order(filter, each, wanted) < 0);
            case LESS_THAN_OR_EQUAL_TO ->
                    values.stream().anyMatch(each -> order(filter, each, wanted) <= 0);
            case EQUALS -> values.stream().anyMatch(each -> order(filter, each, wanted) == 0);
            case EXISTS, NOT_EXISTS, UNKNOWN_TO_SDK_VERSION -> throw invalid(filter, "an operator");
        };
    }

    private static int order(Filter filter, Object value, String wanted) {
        try {
            return switch (value) {
                case Number _ -> Properties.compare(value, Double.valueOf(wanted));
                case Instant _ -> Properties.compare(value, time(wanted));
                default -> Properties.compare(value, wanted);
            };
        } catch (NumberFormatException e) {
            throw invalid(filter, "a number as Value");
        } catch (DateTimeException e) {
            throw invalid(filter, "a time as Value, YYYY-mm-ddTHH:MM:SS");
        }
    }

    /// With an offset or, as AWS writes it, in UTC without.
    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return LocalDateTime.parse(text, DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                    .toInstant(ZoneOffset.UTC);
        }
    }

    private static AwsServiceException invalid(Filter filter, String expected) {
        return AwsError.VALIDATION.of(
                "Filter on " + filter.name() + " is not valid: expected " + expected + ".");
    }
}
