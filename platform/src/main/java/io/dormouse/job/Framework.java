package io.dormouse.job;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A framework whose images run scripts, as AWS publishes them. What is in its image is here what
/// the chosen interpreter has.
enum Framework {
    SKLEARN("sagemaker_sklearn_container", "sagemaker-scikit-learn"),
    XGBOOST("sagemaker_xgboost_container", "sagemaker-xgboost", "xgboost"),
    PYTORCH("sagemaker_pytorch_container", "pytorch-training", "sagemaker-pytorch");

    private final String container;
    private final List<String> repositories;

    Framework(String container, String... repositories) {
        this.container = container;
        this.repositories = List.of(repositories);
    }

    /// By the name of the image's repository.
    static Optional<Framework> of(String repository) {
        return Arrays.stream(values())
                .filter(each -> each.repositories.contains(repository))
                .findFirst();
    }

    /// What `SM_FRAMEWORK_MODULE` says in its image.
    String module() {
        return container + ".training:main";
    }
}
