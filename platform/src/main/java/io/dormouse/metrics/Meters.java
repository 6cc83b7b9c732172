package io.dormouse.metrics;

import java.util.Map;

/// Where the platform's rooms record a measurement. Cheap enough for every invocation; never blocks
/// and never fails.
@FunctionalInterface
public interface Meters {
    /// For tests that need none.
    Meters NONE = (_, _, _, _, _) -> {};

    /// Records one value now.
    ///
    /// @param namespace such as `AWS/SageMaker`
    /// @param name such as `ModelLatency`
    /// @param dimensions such as `EndpointName` and `VariantName`
    /// @param unit as CloudWatch spells it: `Microseconds`, `Count`, `Percent`, `None`
    void record(
            String namespace,
            String name,
            Map<String, String> dimensions,
            double value,
            String unit);
}
