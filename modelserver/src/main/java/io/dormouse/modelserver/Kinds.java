package io.dormouse.modelserver;

import io.dormouse.modelserver.onnx.OnnxPredictor;
import io.dormouse.modelserver.xgboost.XgboostPredictor;
import java.io.IOException;

/// The kinds of model that this server knows: the one place that names their predictors.
final class Kinds {
    private Kinds() {}

    /// Whether a kind reads variables of the environment: to read them takes two milliseconds of a
    /// start.
    static boolean readsVariables(String kind) {
        return !kind.equals("onnx");
    }

    /// @param threads of one inference
    /// @param steps stamped by kinds that load a native library
    /// @throws Unloadable when the folder holds no model of this kind
    static Predictor load(Load load, int threads, Steps steps) throws IOException, Unloadable {
        return switch (load.kind()) {
            case "onnx" -> OnnxPredictor.load(load, threads, steps);
            case "xgboost" -> XgboostPredictor.load(load);
            default ->
                    throw new Unloadable(
                            "there is no model server of kind '"
                                    + load.kind()
                                    + "', only onnx and xgboost");
        };
    }
}
