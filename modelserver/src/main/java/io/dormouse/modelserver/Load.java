package io.dormouse.modelserver;

import java.io.File;
import java.util.Map;
import java.util.Optional;

/// What a worker is told to serve.
///
/// Files are [File]s, not paths: the channels behind `java.nio.file.Files` cost a start some
/// milliseconds.
///
/// @param kind which predictor: `onnx` or `xgboost`
/// @param folder the unpacked artifact: what a SageMaker container finds in `/opt/ml/model`
/// @param prepared the folder that [Prepare] wrote for it, where there is one
/// @param environment the variables of the container definition
/// @param memoryMb what this worker may take; 0 where nobody says
/// @param threads of one inference; 0 for as many as the worker was started with
public record Load(
        String kind,
        File folder,
        Optional<File> prepared,
        Map<String, String> environment,
        int memoryMb,
        int threads) {
    public Load {
        environment = Map.copyOf(environment);
    }

    /// The same, with these variables.
    Load with(Map<String, String> variables) {
        return new Load(kind, folder, prepared, variables, memoryMb, threads);
    }

    /// With as much memory as it takes.
    public Load(
            String kind, File folder, Optional<File> prepared, Map<String, String> environment) {
        this(kind, folder, prepared, environment, 0, 0);
    }
}
