package io.dormouse.metrics;

import io.dormouse.metrics.Points.Listed;
import io.dormouse.metrics.Points.Sample;
import io.dormouse.store.Schema;
import io.dormouse.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.DimensionFilter;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataResponse;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricStatisticsResponse;
import software.amazon.awssdk.services.cloudwatch.model.ListMetricsRequest;
import software.amazon.awssdk.services.cloudwatch.model.ListMetricsResponse;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataResponse;

/// CloudWatch's metrics: data points in, statistics out.
///
///     PutMetricData ──────────────► store ──► GetMetricData, GetMetricStatistics, ListMetrics
///     Meters ──► seconds in memory ──┘ once a second, and before every read
///
/// What PutMetricData acknowledged is durable. See the
/// [CloudWatch API](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/Welcome.html).
public final class MetricData implements CloudWatchClient {
    /// The tables; the store that is passed in must have them.
    public static final Schema SCHEMA = Points.SCHEMA;

    private static final int PAGE = 500;
    private static final int AGED_AT_ONCE = 2000;
    private static final Duration LISTED = Duration.ofDays(14);
    private static final Duration RECENT = Duration.ofHours(3);
    private static final long AGE_EVERY_SECONDS = 60;

    private final Store store;
    private final InstantSource clock;
    private final Runnable sources;
    private final Recordings recordings;
    private final EverySecond everySecond;
    private Instant nextAging = Instant.MIN;

    /// Starts to keep what is recorded; [#close] before the store.
    ///
    /// @param store of the measurements: best one of its own, so that they do not wait for records
    ///   nor records for them
    public MetricData(Store store, InstantSource clock) {
        this(store, clock, () -> {});
    }

    /// @param sources keeps what is still in memory of what makes data points: log lines, by metric
    ///   filters. Before every read
    public MetricData(Store store, InstantSource clock, Runnable sources) {
        this.store = store;
        this.sources = sources;
        this.clock = clock;
        this.recordings = new Recordings(store, clock);
        this.everySecond = new EverySecond("metrics", this::tick);
    }

    /// Where the platform's rooms record.
    public Meters meters() {
        return recordings;
    }

    /// Records as [#meters] does what nobody will ever read: for a rehearsal.
    public Meters scratch() {
        return new Recordings(store, clock);
    }

    /// What the platform has recorded of endpoints since it started, added up.
    ///
    /// @param endpoints of which something is to be known; what is known of others is forgotten
    public List<Totals.Total> totals(Set<String> endpoints) {
        return recordings.totals(endpoints);
    }

    private void tick() {
        recordings.flush();
        Instant now = clock.instant();
        if (now.isAfter(nextAging)) {
            boolean more = age();
            nextAging = more ? now : now.plusSeconds(AGE_EVERY_SECONDS);
        }
    }

    /// Makes old points coarser, some at once; once a minute by itself.
    ///
    /// @return whether there may be more of them
    boolean age() {
        return store.write(tx -> Points.age(tx, clock.instant(), AGED_AT_ONCE));
    }

    ///
    /// [PutMetricData](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html)
    @Override
    public PutMetricDataResponse putMetricData(PutMetricDataRequest request) {
        List<Sample> samples = new MetricInput(clock.instant()).samples(request);
        return store.write(tx -> {
            samples.forEach(sample -> Points.add(tx, sample));
            return PutMetricDataResponse.builder().build();
        });
    }

    @Override
    public GetMetricDataResponse getMetricData(GetMetricDataRequest request) {
        MetricQueries queries = new MetricQueries(request, clock.instant());
        flush();
        return store.read(queries::answer);
    }

    @Override
    public GetMetricStatisticsResponse getMetricStatistics(GetMetricStatisticsRequest request) {
        MetricStatistics statistics = new MetricStatistics(request, clock.instant());
        flush();
        return store.read(statistics::answer);
    }

    ///
    /// [ListMetrics](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html):
    /// what had a value in the last two weeks.
    @Override
    public ListMetricsResponse listMetrics(ListMetricsRequest request) {
        Duration age = request.recentlyActive() == null ? LISTED : RECENT;
        OptionalLong after = after(request);
        flush();
        List<Listed> found =
                store
                        .read(query ->
                                Points.metrics(
                                        query,
                                        Optional.ofNullable(request.namespace()),
                                        Optional.ofNullable(request.metricName()),
                                        clock.instant().minus(age),
                                        after))
                        .stream()
                        .filter(each -> has(each.metric(), request.dimensions()))
                        .limit(PAGE + 1)
                        .toList();
        List<Listed> page = found.subList(0, Math.min(PAGE, found.size()));
        ListMetricsResponse.Builder answer =
                ListMetricsResponse.builder()
                        .metrics(page.stream().map(each -> each.metric().shape()).toList());
        if (found.size() > PAGE) {
            answer.nextToken(Long.toString(page.getLast().id()));
        }
        return answer.build();
    }

    private void flush() {
        sources.run();
        recordings.flush();
    }

    private static OptionalLong after(ListMetricsRequest request) {
        if (request.nextToken() == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(request.nextToken()));
        } catch (NumberFormatException e) {
            throw MetricErrors.invalidToken();
        }
    }

    private static boolean has(Metric metric, List<DimensionFilter> filters) {
        return filters.stream()
                .allMatch(filter -> {
                    String value = metric.dimensions().get(filter.name());
                    return value != null
                            && (filter.value() == null || filter.value().equals(value));
                });
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /// Keeps what is still in memory.
    @Override
    public void close() {
        everySecond.close();
        recordings.flush();
    }
}
