package io.dormouse.metrics;

import io.dormouse.metrics.Points.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.EntityMetricData;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;
import software.amazon.awssdk.services.cloudwatch.model.StatisticSet;

/// What PutMetricData may bring, and what becomes of it.
///
/// See
/// [MetricDatum](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html).
final class MetricInput {
    private static final int DATA_MAX = 1000;
    private static final int VALUES_MAX = 150;
    private static final int DIMENSIONS_MAX = 30;
    private static final double VALUE_MAX = Math.scalb(1.0, 360);
    private static final Duration PAST_MAX = Duration.ofDays(14);
    private static final Duration FUTURE_MAX = Duration.ofHours(2);

    private final Instant now;

    MetricInput(Instant now) {
        this.now = now;
    }

    /// @throws software.amazon.awssdk.services.cloudwatch.model.CloudWatchException naming the
    ///   first member that breaks a rule; then nothing of the request is kept
    List<Sample> samples(PutMetricDataRequest request) {
        String namespace = request.namespace();
        if (namespace == null || namespace.isBlank()) {
            throw MetricErrors.missing("The parameter Namespace is required.");
        }
        if (namespace.startsWith("AWS/") || namespace.startsWith(":")) {
            throw MetricErrors.invalidValue(
                    "The value "
                            + namespace
                            + " for parameter Namespace is invalid: names that begin with AWS/"
                            + " or : are AWS's own.");
        }
        List<Sample> samples = new ArrayList<>();
        add(samples, namespace, "MetricData", request.metricData());
        List<EntityMetricData> entities = request.entityMetricData();
        for (int i = 0; i < entities.size(); i++) {
            String field = "EntityMetricData.member." + (i + 1) + ".MetricData";
            add(samples, namespace, field, entities.get(i).metricData());
        }
        if (samples.isEmpty()) {
            throw MetricErrors.missing("The parameter MetricData is required.");
        }
        if (samples.size() > DATA_MAX) {
            throw MetricErrors.invalidValue(
                    "The collection MetricData must not have a size greater than "
                            + DATA_MAX
                            + ".");
        }
        return samples;
    }

    private void add(List<Sample> samples, String namespace, String field, List<MetricDatum> data) {
        for (int i = 0; i < data.size(); i++) {
            samples.add(sample(namespace, field + ".member." + (i + 1), data.get(i)));
        }
    }

    private Sample sample(String namespace, String field, MetricDatum datum) {
        if (datum.metricName() == null || datum.metricName().isEmpty()) {
            throw MetricErrors.missing("The parameter " + field + ".MetricName is required.");
        }
        checkDimensions(field, datum.dimensions());
        int step = datum.storageResolution() == null ? 60 : datum.storageResolution();
        if (step != 1 && step != 60) {
            throw MetricErrors.invalidValue(
                    "The value "
                            + step
                            + " for parameter "
                            + field
                            + ".StorageResolution is invalid: it must be 1 or 60.");
        }
        Metric metric = Metric.of(namespace, datum.metricName(), datum.dimensions());
        long second = time(field, datum).getEpochSecond();
        return new Sample(metric, second, step, unit(field, datum), summary(field, datum));
    }

    private static void checkDimensions(String field, List<Dimension> dimensions) {
        if (dimensions.size() > DIMENSIONS_MAX) {
            throw MetricErrors.invalidValue(
                    "The collection "
                            + field
                            + ".Dimensions must not have a size greater than "
                            + DIMENSIONS_MAX
                            + ".");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < dimensions.size(); i++) {
            Dimension dimension = dimensions.get(i);
            String member = field + ".Dimensions.member." + (i + 1);
            if (dimension.name() == null || dimension.name().isBlank()) {
                throw MetricErrors.missing("The parameter " + member + ".Name is required.");
            }
            if (dimension.value() == null || dimension.value().isBlank()) {
                throw MetricErrors.missing("The parameter " + member + ".Value is required.");
            }
            if (!names.add(dimension.name())) {
                throw MetricErrors.invalidValue(
                        "The parameter "
                                + member
                                + ".Name must be unique, and "
                                + dimension.name()
                                + " is there twice.");
            }
        }
    }

    private Instant time(String field, MetricDatum datum) {
        Instant time = datum.timestamp() == null ? now : datum.timestamp();
        if (time.isBefore(now.minus(PAST_MAX))) {
            throw MetricErrors.invalidValue(
                    "The parameter "
                            + field
                            + ".Timestamp must specify a time no more than two weeks in the past.");
        }
        if (time.isAfter(now.plus(FUTURE_MAX))) {
            throw MetricErrors.invalidValue(
                    "The parameter "
                            + field
                            + ".Timestamp must specify a time no more than two hours in the future.");
        }
        return time;
    }

    private static String unit(String field, MetricDatum datum) {
        if (datum.unit() == null) {
            return StandardUnit.NONE.toString();
        }
        if (datum.unit() == StandardUnit.UNKNOWN_TO_SDK_VERSION) {
            throw MetricErrors.invalidValue(
                    "The parameter "
                            + field
                            + ".Unit must be a value in the set [ "
                            + StandardUnit.knownValues().stream()
                                    .map(StandardUnit::toString)
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + " ]");
        }
        return datum.unit().toString();
    }

    private static Summary summary(String field, MetricDatum datum) {
        int forms =
                (datum.value() == null ? 0 : 1)
                        + (datum.values().isEmpty() ? 0 : 1)
                        + (datum.statisticValues() == null ? 0 : 1);
        if (forms == 0) {
            throw MetricErrors.missing(
                    "At least one of the parameters "
                            + field
                            + ".Value, Values and StatisticValues must be specified.");
        }
        if (forms > 1) {
            throw MetricErrors.invalidCombination(
                    "The parameters "
                            + field
                            + ".Value, Values and StatisticValues are mutually exclusive and you"
                            + " have specified more than one.");
        }
        Summary summary = new Summary();
        if (datum.value() != null) {
            summary.add(finite(field + ".Value", datum.value()), 1);
        } else if (datum.statisticValues() != null) {
            addSet(summary, field + ".StatisticValues", datum.statisticValues());
        } else {
            addValues(summary, field, datum);
        }
        return summary;
    }

    private static void addValues(Summary summary, String field, MetricDatum datum) {
        List<Double> values = datum.values();
        List<Double> counts = datum.counts();
        if (values.size() > VALUES_MAX) {
            throw MetricErrors.invalidValue(
                    "The collection "
                            + field
                            + ".Values must not have a size greater than "
                            + VALUES_MAX
                            + ".");
        }
        if (!counts.isEmpty() && counts.size() != values.size()) {
            throw MetricErrors.invalidValue(
                    "The parameters "
                            + field
                            + ".Values and "
                            + field
                            + ".Counts must be of the same size.");
        }
        for (int i = 0; i < values.size(); i++) {
            String member = ".member." + (i + 1);
            double times =
                    counts.isEmpty() ? 1 : positive(field + ".Counts" + member, counts.get(i));
            summary.add(finite(field + ".Values" + member, values.get(i)), times);
        }
    }

    private static void addSet(Summary summary, String field, StatisticSet set) {
        double count =
                positive(field + ".SampleCount", required(field, "SampleCount", set.sampleCount()));
        double sum = finite(field + ".Sum", required(field, "Sum", set.sum()));
        double min = finite(field + ".Minimum", required(field, "Minimum", set.minimum()));
        double max = finite(field + ".Maximum", required(field, "Maximum", set.maximum()));
        if (min > max) {
            throw MetricErrors.invalidValue(
                    "The parameter "
                            + field
                            + ".Maximum must be greater than "
                            + field
                            + ".Minimum.");
        }
        summary.addSet(count, sum, min, max);
    }

    private static Double required(String field, String name, Double value) {
        if (value == null) {
            throw MetricErrors.missing("The parameter " + field + "." + name + " is required.");
        }
        return value;
    }

    private static double positive(String field, double value) {
        if (!(finite(field, value) > 0)) {
            throw MetricErrors.invalidValue(
                    "The value "
                            + value
                            + " for parameter "
                            + field
                            + " is invalid: it must be greater than 0.");
        }
        return value;
    }

    private static double finite(String field, double value) {
        if (!(Math.abs(value) <= VALUE_MAX)) {
            throw MetricErrors.invalidValue(
                    "The value " + value + " for parameter " + field + " is invalid.");
        }
        return value;
    }
}
