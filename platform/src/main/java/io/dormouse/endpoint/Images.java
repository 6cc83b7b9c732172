package io.dormouse.endpoint;

/// Which container images this platform can serve.
@FunctionalInterface
public interface Images {
    /// Whether an image (`…/xgboost:1.7-1`) has a model server here.
    boolean servable(String image);
}
