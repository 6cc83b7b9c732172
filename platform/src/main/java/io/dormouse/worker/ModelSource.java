package io.dormouse.worker;

import java.util.Map;
import java.util.Objects;

/// A model as a container definition names it.
///
/// @param image such as `…/xgboost:1.7-1`: its repository name chooses the model server
/// @param dataUrl `s3://bucket/key` of a `model.tar.gz`, or of the model's file itself; empty where
///   the definition names none
/// @param environment of the container definition
public record ModelSource(String image, String dataUrl, Map<String, String> environment) {
    public ModelSource {
        Objects.requireNonNull(image);
        Objects.requireNonNull(dataUrl);
        environment = Map.copyOf(environment);
    }
}
