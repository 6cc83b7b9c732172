/// The memory tuner and the cost report: what a serverless endpoint takes and costs at each memory
/// size, found by calling it.
///
/// A [Sweep] says what is to be tried; [Tuner] tries it on endpoints of its own, each in its turn:
/// a [Trial] makes one, measures its first calls and its warm ones until the [Interval] of their
/// quantile is narrow enough, and [Belongings] removes what was made, whatever happens. What
/// follows from the measurements ([Choice], [BreakEven], [Estimate]) is pure. [Bill] reads what a
/// running endpoint costs from its metrics.
///
/// Holds AWS SDK interfaces only, so that it runs against AWS as it does here. May use: libraries
/// only. AWS pages: [serverless
/// endpoints](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html), [their
/// metrics](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html),
/// [prices](https://aws.amazon.com/sagemaker/pricing/).
@NullMarked
package io.dormouse.tuner;

import org.jspecify.annotations.NullMarked;
