package io.dormouse.job;

import java.util.Optional;

/// A framework whose images run scripts, as AWS publishes them. What is in its image is here what
/// the chosen interpreter has.
enum Framework {
    SKLEARN("sagemaker_sklearn_container"),
    XGBOOST("sagemaker_xgboost_container"),
    PYTORCH("sagemaker_pytorch_container");

    private final String container;

    Framework(String container) {
        this.container = container;
    }

    /// By the name of the image's repository.
    static Optional<Framework> of(String repository) {
        return switch (repository) {
            case "sagemaker-scikit-learn" -> Optional.of(SKLEARN);
            case "sagemaker-xgboost", "xgboost" -> Optional.of(XGBOOST);
            case "pytorch-training", "sagemaker-pytorch" -> Optional.of(PYTORCH);
            default -> Optional.empty();
        };
    }

    /// What `SM_FRAMEWORK_MODULE` says in its image.
    String module() {
        return container + ".training:main";
    }
}
