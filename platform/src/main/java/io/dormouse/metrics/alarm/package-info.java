/// CloudWatch's alarms: what is kept of them, when they are looked at, whom they tell.
///
///     PutMetricAlarm ─► record ─► Watch, once a minute ─► Evaluation (pure) ─► a new state:
///         record + history + event of the change feed + a parcel for each action, one transaction
///                                                            │
///     PutCompositeAlarm ─► record ─► Parents: AlarmRule (pure) ◄─┘ in that same transaction
///                                    actions held back by Suppression (pure), and released by time
///
/// Metrics are read through [CloudWatchClient], as a stranger would. See [using
/// alarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Alarms.html).
///
/// May use: `aws`, `delivery`, `store`, `timing`.
@NullMarked
package io.dormouse.metrics.alarm;

import org.jspecify.annotations.NullMarked;
