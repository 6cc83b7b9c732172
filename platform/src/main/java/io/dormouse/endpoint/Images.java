package io.dormouse.endpoint;

import java.util.Optional;

/// Which container images this platform can serve.
@FunctionalInterface
public interface Images {
    /// Why an image (`…/xgboost:1.7-1`) cannot be served here and what to do about it, in a
    /// sentence; empty where it can.
    Optional<String> trouble(String image);
}
