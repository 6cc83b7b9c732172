package io.dormouse.worker;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// A model laid out on this machine, ready to be mapped by an instance: its artifact unpacked and,
/// where that pays, a prepared form beside it. Immutable, shared by all instances that serve it.
///
/// @param kind the model server that serves it
/// @param folder the unpacked artifact: what the container sees as `/opt/ml/model`
/// @param prepared the prepared form; empty to serve the artifact as it is
/// @param peakBytes memory (anonymous and mapped) that one instance was measured to need; 0 where
///   nothing was measured
/// @param image the container image that was asked for
public record PreparedModel(
        Kind kind, Path folder, Optional<Path> prepared, long peakBytes, String image) {
    /// Which model server serves a model.
    public enum Kind {
        ONNX("onnx"),
        XGBOOST("xgboost"),
        PYTHON("python"),
        /// The code of a function: a [FunctionForm] says how it is run.
        FUNCTION("function"),
        /// Any other image: a foreign container.
        CONTAINER("container");

        private final String argument;

        Kind(String argument) {
            this.argument = argument;
        }

        /// As the model server's `--kind` spells it.
        public String argument() {
            return argument;
        }
    }

    public PreparedModel {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(folder);
        Objects.requireNonNull(image);
    }
}
