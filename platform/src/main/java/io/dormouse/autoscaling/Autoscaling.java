package io.dormouse.autoscaling;

import io.dormouse.aws.Caller;
import io.dormouse.timing.Alarms;
import java.time.InstantSource;
import java.util.List;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;

/// The room: what serves its operations, and what scales.
public final class Autoscaling implements AutoCloseable {
    private final Scaling scaling;
    private final MonitorAlarms monitors;
    private final ApplicationAutoScalingClient[] operations;

    /// @param records what an earlier life left is taken up by [#start]
    /// @param sageMaker through which endpoints are seen and changed
    /// @param cloudWatch where metrics are read
    /// @param alarms by the same clock; their tasks may take a while
    /// @param owner in whose name it scales
    public Autoscaling(
            ScalingRecords records,
            SageMakerClient sageMaker,
            CloudWatchClient cloudWatch,
            InstantSource clock,
            Alarms alarms,
            Caller owner) {
        Variants variants = new Variants(sageMaker);
        Readings readings = new Readings(cloudWatch);
        scaling = new Scaling(records, variants, readings, clock, alarms, owner);
        monitors = new MonitorAlarms(records, variants, readings, clock);
        operations =
                new ApplicationAutoScalingClient[] {
                    new ScalableTargets(records, variants, scaling, clock),
                    new ScalingPolicies(records, scaling, clock),
                    new ScheduledActions(records, scaling, clock),
                    new ScalingActivities(records, scaling)
                };
    }

    /// What serves Application Auto Scaling's operations.
    public ApplicationAutoScalingClient[] operations() {
        return operations.clone();
    }

    /// The alarms of target tracking policies, as CloudWatch lists them.
    public List<MetricAlarm> alarms() {
        return monitors.list();
    }

    /// Looks at what there is, and from then on whenever it is time.
    public void start() {
        scaling.look();
    }

    /// Scales no more.
    @Override
    public void close() {
        scaling.close();
    }
}
