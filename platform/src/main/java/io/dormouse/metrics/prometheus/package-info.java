/// Prometheus' text forms, written by hand: families of samples with help and type.
///
/// See the [text format](https://prometheus.io/docs/instrumenting/exposition_formats/) and
/// [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/).
///
/// May use: nothing.
@NullMarked
package io.dormouse.metrics.prometheus;

import org.jspecify.annotations.NullMarked;
