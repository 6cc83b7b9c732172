package io.dormouse.worker;

import java.util.Map;
import java.util.Objects;

/// What an instance is to be.
///
/// @param owner whose it is: `endpoint/churn/AllTraffic`
/// @param model the model, prepared
/// @param memoryMb the limit, MB
/// @param slots invocations at once
/// @param environment of the model's container definition
/// @param log where its output goes
public record InstanceSpec(
        String owner,
        PreparedModel model,
        int memoryMb,
        int slots,
        Map<String, String> environment,
        LogSink log) {
    public InstanceSpec {
        Objects.requireNonNull(owner);
        Objects.requireNonNull(model);
        Objects.requireNonNull(log);
        environment = Map.copyOf(environment);
        if (memoryMb < 1 || slots < 1) {
            throw new IllegalArgumentException("memory and slots must be at least 1");
        }
    }
}
