package io.dormouse.worker;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A model as a container definition names it.
///
/// @param image such as `…/xgboost:1.7-1`: its repository name chooses the model server
/// @param dataUrl `s3://bucket/key` of a `model.tar.gz`, or of the model's file itself; empty where
///   the definition names none
/// @param environment of the container definition
/// @param role whom a program of the model's owner acts for
public record ModelSource(
        String image,
        String dataUrl,
        Map<String, String> environment,
        Optional<RoleAccess.Role> role) {
    /// Of a model that acts for nobody.
    public ModelSource(String image, String dataUrl, Map<String, String> environment) {
        this(image, dataUrl, environment, Optional.empty());
    }

    public ModelSource {
        Objects.requireNonNull(image);
        Objects.requireNonNull(dataUrl);
        Objects.requireNonNull(role);
        environment = Map.copyOf(environment);
    }
}
