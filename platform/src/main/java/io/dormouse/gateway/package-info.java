/// The invocation path: route, admit, forward, record.
///
///     wire ─ Head, body ─► Invocations ─ Routes.current() ─► Route ─ weights ─► Variant
///                               │                                             │ WorkerGroup.lease
///                               │◄──────────── Answer, streamed ──────────────┘
///                               └─► Meters (AWS/SageMaker), by every invocation
///
/// The control plane publishes immutable tables into [Routes][io.dormouse.gateway.Routes]; this room
/// never asks it anything, so invocations go on while it is busy. No SDK object is built and no body
/// above 64 KB is held in memory.
///
/// AWS pages: [InvokeEndpoint](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html),
/// [monitoring serverless endpoints](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html).
///
/// May use: `artifact`, `aws`, `metrics`, `store`, `timing`, `wire`, `worker`.
@NullMarked
package io.dormouse.gateway;

import org.jspecify.annotations.NullMarked;
