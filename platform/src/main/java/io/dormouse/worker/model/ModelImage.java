package io.dormouse.worker.model;

import io.dormouse.worker.PreparedModel.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A container image's name, and the model server that stands for it here.
///
/// @param repository such as `sagemaker-xgboost`: without registry, tag and digest
record ModelImage(String repository) {
    private static final Set<String> XGBOOST = Set.of("xgboost", "sagemaker-xgboost");

    /// Of AWS's own images, those whose model server is a Python program, and whose defaults it
    /// has.
    private static final Map<String, String> PYTHON =
            Map.of(
                    "sagemaker-scikit-learn", "sklearn",
                    "scikit-learn", "sklearn",
                    "sklearn", "sklearn",
                    "pytorch-inference", "pytorch",
                    "pytorch-training", "pytorch",
                    "python", "toolkit");

    static ModelImage of(String image) {
        String name = image.toLowerCase(Locale.ROOT);
        int digest = name.indexOf('@');
        name = digest < 0 ? name : name.substring(0, digest);
        int slash = name.lastIndexOf('/');
        int tag = name.indexOf(':', slash + 1);
        name = tag < 0 ? name : name.substring(0, tag);
        int registry = name.indexOf('/');
        boolean host = registry >= 0 && name.substring(0, registry).matches(".*[.:].*|localhost");
        return new ModelImage(host ? name.substring(registry + 1) : name);
    }

    Kind kind() {
        String last = repository.substring(repository.lastIndexOf('/') + 1);
        if (XGBOOST.contains(last)) {
            return Kind.XGBOOST;
        }
        if (last.contains("onnx") || last.startsWith("djl")) {
            return Kind.ONNX;
        }
        return PYTHON.containsKey(last) ? Kind.PYTHON : Kind.CONTAINER;
    }

    /// Whose defaults a Python program of this image has.
    String family() {
        String last = repository.substring(repository.lastIndexOf('/') + 1);
        return XGBOOST.contains(last) ? "xgboost" : PYTHON.getOrDefault(last, "toolkit");
    }

    /// Whether the name is ours: then what the artifact holds may choose the model server.
    boolean ours() {
        return repository.startsWith("dormouse/");
    }
}
