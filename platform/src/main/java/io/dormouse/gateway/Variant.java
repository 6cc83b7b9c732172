package io.dormouse.gateway;

import io.dormouse.worker.WorkerGroup;
import java.util.Objects;

/// One production variant in service.
///
/// @param name such as `AllTraffic`
/// @param weight its share of the requests, relative to its siblings'; 0 for none but those that
///   name it
/// @param provisionedConcurrency slots kept ready; 0 for none
/// @param group its instances
public record Variant(String name, double weight, int provisionedConcurrency, WorkerGroup group) {
    public Variant {
        Objects.requireNonNull(name);
        Objects.requireNonNull(group);
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("weight must not be negative");
        }
    }
}
