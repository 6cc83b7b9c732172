/// What runs inside a worker, next to the model: SageMaker's inference container contract (`GET /ping`,
/// `POST /invocations`, `/opt/ml/model`) over descriptors or a Unix domain socket.
///
/// It starts in milliseconds, so everything on the start path is plain `java.io` and classes of its own: no
/// logging framework, no security providers, no channel until a socket path is asked for. It may use
/// `java.base` and ONNX Runtime's Java API, and nothing else.
///
///     Main -> Channel -> HttpConnection -> Invocations -> Predictor (onnx | xgboost)
///
/// What the platform may rely on stands in `docs/container-contract.md`.
///
/// AWS: "Use your own inference code with hosting services" (your-algorithms-inference-code).
@NullMarked
package io.dormouse.modelserver;

import org.jspecify.annotations.NullMarked;
