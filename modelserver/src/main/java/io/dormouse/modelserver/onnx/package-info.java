/// ONNX models: from a request's body into tensors, through ONNX Runtime, and back into text.
///
///     JsonInput | CsvInput | NpyInput -> TensorBuilder -> OrtSession -> Outputs
///
/// May use the room above it and ONNX Runtime's Java API.
@NullMarked
package io.dormouse.modelserver.onnx;

import org.jspecify.annotations.NullMarked;
