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
/// @param network what of it the instance reaches, where it can be kept from it
public record InstanceSpec(
        String owner,
        PreparedModel model,
        int memoryMb,
        int slots,
        Map<String, String> environment,
        LogSink log,
        Network network) {
    /// Without a network.
    public InstanceSpec(
            String owner,
            PreparedModel model,
            int memoryMb,
            int slots,
            Map<String, String> environment,
            LogSink log) {
        this(owner, model, memoryMb, slots, environment, log, Network.NONE);
    }

    public InstanceSpec {
        Objects.requireNonNull(owner);
        Objects.requireNonNull(model);
        Objects.requireNonNull(log);
        Objects.requireNonNull(network);
        environment = Map.copyOf(environment);
        if (memoryMb < 1 || slots < 1) {
            throw new IllegalArgumentException("memory and slots must be at least 1");
        }
    }
}
