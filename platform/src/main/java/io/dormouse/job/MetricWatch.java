package io.dormouse.job;

import io.dormouse.metrics.Meters;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import software.amazon.awssdk.services.sagemaker.model.MetricData;
import software.amazon.awssdk.services.sagemaker.model.MetricDefinition;

/// Reads a training job's metrics out of its log, by the regular expressions of its metric
/// definitions: the last value of each is final.
final class MetricWatch {
    private record Watched(String name, Pattern pattern) {}

    private record Seen(float value, Instant at) {}

    private final List<Watched> watched = new ArrayList<>();
    private final Map<String, Seen> last = new LinkedHashMap<>();
    private final Meters meters;
    private final InstantSource clock;
    private final String host;

    /// Watches for these definitions.
    ///
    /// @param host the dimension `Host` in CloudWatch: `<job>/algo-1`
    MetricWatch(List<MetricDefinition> definitions, Meters meters, InstantSource clock, String host)
            throws JobFailed {
        for (MetricDefinition definition : definitions) {
            try {
                watched.add(new Watched(definition.name(), Pattern.compile(definition.regex())));
            } catch (PatternSyntaxException e) {
                throw new JobFailed(
                        "ClientError: the Regex of metric "
                                + definition.name()
                                + " is none: "
                                + e.getDescription(),
                        e);
            }
        }
        this.meters = meters;
        this.clock = clock;
        this.host = host;
    }

    synchronized void line(String text) {
        for (Watched each : watched) {
            Matcher matcher = each.pattern().matcher(text);
            if (matcher.find() && matcher.groupCount() > 0) {
                float value;
                try {
                    value = Float.parseFloat(matcher.group(1));
                } catch (NumberFormatException e) {
                    continue; // the expression caught something that is no number: not a value
                }
                last.put(each.name(), new Seen(value, clock.instant()));
                meters.record(
                        "/aws/sagemaker/TrainingJobs",
                        each.name(),
                        Map.of("Host", host),
                        value,
                        "None");
            }
        }
    }

    synchronized List<MetricData> last() {
        return last.entrySet().stream()
                .map(entry ->
                        MetricData.builder()
                                .metricName(entry.getKey())
                                .value(entry.getValue().value())
                                .timestamp(entry.getValue().at())
                                .build())
                .toList();
    }
}
