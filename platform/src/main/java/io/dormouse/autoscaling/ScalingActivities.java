package io.dormouse.autoscaling;

import io.dormouse.store.Entry;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalingActivitiesRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.DescribeScalingActivitiesResponse;

/// Scaling activities: what was done in the last six weeks, and why; the newest first.
///
/// AWS page:
/// [DescribeScalingActivities](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html).
public final class ScalingActivities implements ApplicationAutoScalingClient {
    private final ScalingRecords records;
    private final Scaling scaling;

    ScalingActivities(ScalingRecords records, Scaling scaling) {
        this.records = records;
        this.scaling = scaling;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public DescribeScalingActivitiesResponse describeScalingActivities(
            DescribeScalingActivitiesRequest request) {
        VariantId.Filter filter =
                VariantId.filter(
                        request.serviceNamespaceAsString(),
                        request.resourceId(),
                        request.scalableDimensionAsString());
        for (Entry<Activity> each : records.activities.all()) {
            if (each.body().isUnderWay()) {
                scaling.settle(VariantId.kept(each.body().shape().resourceId()));
            }
        }
        List<Entry<Activity>> all =
                records.activities.all().stream()
                        .filter(each -> filter.takes(each.parent()))
                        .toList();
        Slice<Entry<Activity>> page =
                Slice.of(
                        all,
                        ScalingActivities::backwards,
                        request.maxResults(),
                        ScalableTargets.PAGE_MAX,
                        request.nextToken());
        return DescribeScalingActivitiesResponse.builder()
                .scalingActivities(page.items().stream().map(each -> each.body().shape()).toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    /// A key that is the smaller the newer it is. Of two at the same time the one that sets limits
    /// is the older: the change that they lead to follows it.
    private static String backwards(Entry<Activity> entry) {
        long left = Long.MAX_VALUE - entry.created().toEpochMilli();
        int kind = entry.body().desired() == 0 ? 1 : 0;
        return String.format(Locale.ROOT, "%019d %d %s", left, kind, entry.name());
    }
}
