/// CloudWatch and CloudWatch Logs: data points and their statistics, log groups, streams and
/// events.
///
/// The platform's own rooms record through [Meters][io.dormouse.metrics.Meters] and
/// [LogWriter][io.dormouse.metrics.LogWriter], which never block an invocation: metrics are
/// aggregated per second and logs appended, so a crash may lose the last second of what the
/// platform made itself, never an acknowledged PutMetricData or PutLogEvents.
///
/// May use: `aws`, `store`.
@NullMarked
package io.dormouse.metrics;

import org.jspecify.annotations.NullMarked;
