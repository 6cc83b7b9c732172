/// Asynchronous invocations: accepted in a record, answered into S3.
///
///     InvokeEndpointAsync ─► record ─► 202
///                              │ Backlog, at most MaxConcurrency at once
///                              ▼
///     input (S3 or inline) ─► Invocations ─► output or failure (S3) ─► topic ─► record removed
///
/// The record is there before the 202 and until the outcome is durable, so an accepted request is
/// answered, or told why not, whatever happens to the platform in between; after a crash the model
/// may be asked a second time.
///
/// AWS page: [asynchronous
/// inference](https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html).
///
/// May use: `aws`, `metrics`, `store`, `timing`, `wire`.
@NullMarked
package io.dormouse.gateway.async;

import org.jspecify.annotations.NullMarked;
