/// Containers of a Docker Engine as instances and programs: any image that keeps SageMaker's
/// contract.
///
///     image name ─ ImageNames ─► local name ─ DockerImages: pull ─► image
///     start ─► created ─ started ─ /ping 200 ─► serves ─ rest ─► paused ─► removed
///                                                  ▲               │
///                                                  └──── start ────┘
///
/// Speaks to the engine over its socket, in its own HTTP API, and only once something asks for an
/// image: a platform that serves none never looks for an engine.
///
/// API: [Docker Engine](https://docs.docker.com/reference/api/engine/version/v1.41/). Contract:
/// [inference
/// code](https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html),
/// [training](https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html).
@NullMarked
package io.dormouse.worker.docker;

import org.jspecify.annotations.NullMarked;
