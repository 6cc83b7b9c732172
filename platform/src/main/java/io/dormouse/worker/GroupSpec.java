package io.dormouse.worker;

import java.util.Map;
import java.util.Objects;

/// What a group of instances is to be: one variant of one version of an endpoint, or a function.
///
/// @param hosting whose the instances are, and what each is given
/// @param model what the instances serve
/// @param memoryMb `MemorySizeInMB`: the limit of one instance
/// @param maxConcurrency `MaxConcurrency`: invocations at once, over all instances
/// @param provisionedConcurrency `ProvisionedConcurrency`: slots kept ready; 0 for none
/// @param environment of the model's container definition, or of the function
/// @param tuning what AWS has no field for
public record GroupSpec(
        Hosting hosting,
        PreparedModel model,
        int memoryMb,
        int maxConcurrency,
        int provisionedConcurrency,
        Map<String, String> environment,
        Tuning tuning) {
    public GroupSpec {
        Objects.requireNonNull(hosting);
        Objects.requireNonNull(model);
        Objects.requireNonNull(tuning);
        environment = Map.copyOf(environment);
        if (memoryMb < 1 || maxConcurrency < 1) {
            throw new IllegalArgumentException("memory and MaxConcurrency must be at least 1");
        }
        if (provisionedConcurrency < 0 || provisionedConcurrency > maxConcurrency) {
            throw new IllegalArgumentException(
                    "ProvisionedConcurrency must be between 0 and MaxConcurrency");
        }
    }

    /// Of one variant of an endpoint.
    ///
    /// @param endpoint its name
    /// @param variant such as `AllTraffic`
    public GroupSpec(
            String endpoint,
            String variant,
            PreparedModel model,
            int memoryMb,
            int maxConcurrency,
            int provisionedConcurrency,
            Map<String, String> environment,
            Tuning tuning) {
        this(
                new Hosting.Endpoint(endpoint, variant),
                model,
                memoryMb,
                maxConcurrency,
                provisionedConcurrency,
                environment,
                tuning);
    }

    /// Whose the instances are: `endpoint/churn/AllTraffic`.
    public String owner() {
        return hosting.owner();
    }
}
