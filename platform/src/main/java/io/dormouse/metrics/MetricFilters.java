package io.dormouse.metrics;

import io.dormouse.metrics.LogTables.Group;
import io.dormouse.metrics.filter.FilterPattern;
import io.dormouse.metrics.filter.InvalidPattern;
import io.dormouse.metrics.filter.Match;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteMetricFilterRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DeleteMetricFilterResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeMetricFiltersRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeMetricFiltersResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricFilter;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricFilterMatchRecord;
import software.amazon.awssdk.services.cloudwatchlogs.model.MetricTransformation;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutMetricFilterRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutMetricFilterResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.StandardUnit;
import software.amazon.awssdk.services.cloudwatchlogs.model.TestMetricFilterRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.TestMetricFilterResponse;

/// Metric filters come, are tried, and go. One looks at the lines that come after it.
///
/// See
/// [PutMetricFilter](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html).
public final class MetricFilters implements CloudWatchLogsClient {
    private static final int PAGE_MAX = 50;
    private static final int FILTERS_MAX = 100;
    private static final int WITH_EXPRESSIONS_MAX = 5;
    private static final int DIMENSIONS_MAX = 3;

    private final Store store;
    private final InstantSource clock;
    private final Runnable flush;
    private final LogMeters meters;

    /// @param flush keeps the lines that are still in memory
    MetricFilters(Store store, InstantSource clock, Runnable flush, LogMeters meters) {
        this.store = store;
        this.clock = clock;
        this.flush = flush;
        this.meters = meters;
    }

    @Override
    public PutMetricFilterResponse putMetricFilter(PutMetricFilterRequest request) {
        FilterPattern pattern = pattern(request.filterPattern());
        MetricTransformation to = transformation(request, pattern);
        MetricFilter filter =
                MetricFilter.builder()
                        .filterName(request.filterName())
                        .filterPattern(request.filterPattern())
                        .metricTransformations(to)
                        .creationTime(clock.millis())
                        .logGroupName(request.logGroupName())
                        .applyOnTransformedLogs(
                                Boolean.TRUE.equals(request.applyOnTransformedLogs()))
                        .build();
        flush.run();
        return store.write(tx -> {
            Group group = group(tx, request.logGroupName());
            checkQuotas(MetricFilterRows.of(tx, group), filter, pattern);
            MetricFilterRows.put(tx, group, filter);
            meters.forget();
            return PutMetricFilterResponse.builder().build();
        });
    }

    private static Group group(Query query, String name) {
        return LogTables.group(query, name).orElseThrow(LogErrors::noGroup);
    }

    private static FilterPattern pattern(@Nullable String text) {
        try {
            return FilterPattern.of(text == null ? "" : text);
        } catch (InvalidPattern e) {
            throw LogErrors.invalid(e.sentence("Invalid metric filter pattern"));
        }
    }

    private static MetricTransformation transformation(
            PutMetricFilterRequest request, FilterPattern pattern) {
        if (request.metricTransformations().size() != 1) {
            throw wrong("metricTransformations must have one member");
        }
        if (request.fieldSelectionCriteria() != null
                || !request.emitSystemFieldDimensions().isEmpty()) {
            throw LogErrors.invalid(
                    "fieldSelectionCriteria and emitSystemFieldDimensions are not served here:"
                            + " leave them out.");
        }
        MetricTransformation to = request.metricTransformations().getFirst();
        String value = to.metricValue();
        if (to.metricNamespace().startsWith("AWS/")) {
            throw wrong("metric namespaces that begin with AWS/ are AWS's own");
        }
        if (FilterPattern.number(value).isEmpty() && pattern.field(value).isEmpty()) {
            throw wrong(
                    "metricValue "
                            + value
                            + " must be a number, or a field of the pattern such as $.latency or"
                            + " $bytes");
        }
        if (to.unit() == StandardUnit.UNKNOWN_TO_SDK_VERSION) {
            throw wrong("the unit " + to.unitAsString() + " is none of CloudWatch's");
        }
        checkDimensions(to, pattern);
        return to;
    }

    private static void checkDimensions(MetricTransformation to, FilterPattern pattern) {
        if (to.dimensions().isEmpty()) {
            return;
        }
        if (to.defaultValue() != null) {
            throw wrong("dimensions and default value are mutually exclusive properties");
        }
        if (!pattern.hasFields()) {
            throw LogErrors.invalid("The specified filter pattern does not support dimensions");
        }
        if (!to.dimensions().values().stream().allMatch(each -> pattern.field(each).isPresent())) {
            throw wrong("dimension value must be valid selector");
        }
        if (to.dimensions().size() > DIMENSIONS_MAX) {
            throw wrong("at most " + DIMENSIONS_MAX + " dimensions can be given");
        }
    }

    private static RuntimeException wrong(String detail) {
        return LogErrors.invalid("Invalid metric transformation: " + detail);
    }

    private static void checkQuotas(
            List<MetricFilter> there, MetricFilter filter, FilterPattern pattern) {
        List<MetricFilter> others =
                there.stream()
                        .filter(each -> !each.filterName().equals(filter.filterName()))
                        .toList();
        boolean areTooMany = others.size() >= FILTERS_MAX;
        if (pattern.expressions() > 0) {
            long withExpressions =
                    others.stream()
                            .filter(each ->
                                    FilterPattern.of(each.filterPattern()).expressions() > 0)
                            .count();
            areTooMany |= withExpressions >= WITH_EXPRESSIONS_MAX;
        }
        if (areTooMany) {
            throw LogErrors.tooMany();
        }
    }

    @Override
    public DeleteMetricFilterResponse deleteMetricFilter(DeleteMetricFilterRequest request) {
        flush.run();
        return store.write(tx -> {
            delete(tx, group(tx, request.logGroupName()), request.filterName());
            return DeleteMetricFilterResponse.builder().build();
        });
    }

    private void delete(Tx tx, Group group, String name) {
        if (!MetricFilterRows.delete(tx, group, name)) {
            throw LogErrors.noFilter();
        }
        meters.forget();
    }

    ///
    /// [DescribeMetricFilters](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html),
    /// by name.
    @Override
    public DescribeMetricFiltersResponse describeMetricFilters(
            DescribeMetricFiltersRequest request) {
        if ((request.metricName() == null) != (request.metricNamespace() == null)) {
            throw LogErrors.invalid("metricName and metricNamespace must be given together.");
        }
        if (request.filterNamePrefix() != null && request.logGroupName() == null) {
            throw LogErrors.invalid("filterNamePrefix needs a logGroupName.");
        }
        int limit = request.limit() == null ? PAGE_MAX : request.limit();
        if (limit < 1 || limit > PAGE_MAX) {
            throw LogErrors.invalid("limit must be between 1 and " + PAGE_MAX + ".");
        }
        flush.run();
        List<MetricFilter> all = store.read(query -> found(query, request.logGroupName()));
        List<MetricFilter> rest =
                all.stream()
                        .filter(each -> isAsked(each, request))
                        .filter(each ->
                                request.nextToken() == null
                                        || key(each).compareTo(key(request.nextToken())) > 0)
                        .toList();
        List<MetricFilter> page = rest.subList(0, Math.min(limit, rest.size()));
        return DescribeMetricFiltersResponse.builder()
                .metricFilters(page)
                .nextToken(rest.size() > limit ? token(page.getLast()) : null)
                .build();
    }

    private static List<MetricFilter> found(Query query, @Nullable String group) {
        return group == null
                ? MetricFilterRows.all(query).stream()
                        .map(MetricFilterRows.Row::filter)
                        .sorted(java.util.Comparator.comparing(MetricFilters::key))
                        .toList()
                : MetricFilterRows.of(query, group(query, group));
    }

    private static boolean isAsked(MetricFilter filter, DescribeMetricFiltersRequest request) {
        MetricTransformation to = filter.metricTransformations().getFirst();
        return filter.filterName()
                        .startsWith(Optional.ofNullable(request.filterNamePrefix()).orElse(""))
                && (request.metricName() == null
                        || (to.metricName().equals(request.metricName())
                                && to.metricNamespace().equals(request.metricNamespace())));
    }

    private static String key(MetricFilter filter) {
        return filter.filterName() + "\n" + filter.logGroupName();
    }

    private static String token(MetricFilter last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(key(last).getBytes(StandardCharsets.UTF_8));
    }

    private static String key(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw LogErrors.invalidToken();
        }
    }

    ///
    /// [TestMetricFilter](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html)
    @Override
    public TestMetricFilterResponse testMetricFilter(TestMetricFilterRequest request) {
        FilterPattern pattern = pattern(request.filterPattern());
        List<MetricFilterMatchRecord> found = new ArrayList<>();
        for (int i = 0; i < request.logEventMessages().size(); i++) {
            String message = request.logEventMessages().get(i);
            long number = i + 1L;
            pattern.match(message)
                    .map(Match::extracted)
                    .ifPresent(values ->
                            found.add(
                                    MetricFilterMatchRecord.builder()
                                            .eventNumber(number)
                                            .eventMessage(message)
                                            .extractedValues(values)
                                            .build()));
        }
        return TestMetricFilterResponse.builder().matches(found).build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
