/// AWS Application Auto Scaling for the provisioned concurrency of endpoints: scalable targets,
/// target tracking policies, scheduled actions, and the activities that they lead to.
///
///     RegisterScalableTarget ─► target: min, max ◄── scheduled action, at its time
///                                 │
///     minute by minute: metric ─► TargetTracking (scaler) ─► UpdateEndpointWeightsAndCapacities
///                                 │
///                              activity, with its cause
///
/// [Scaling][io.dormouse.autoscaling.Scaling] does it, by the platform's clock; the other classes
/// keep what is asked for. The two alarms that AWS makes for a policy are evaluated here: a policy
/// names them, and CloudWatch does not list them.
///
/// AWS pages: [Application Auto
/// Scaling](https://docs.aws.amazon.com/autoscaling/application/APIReference/Welcome.html),
/// [provisioned concurrency of serverless
/// endpoints](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html).
///
/// May use: `aws`, `scaler`, `store`, `timing`, and SageMaker and CloudWatch through the SDK's
/// interfaces.
@NullMarked
package io.dormouse.autoscaling;

import org.jspecify.annotations.NullMarked;
