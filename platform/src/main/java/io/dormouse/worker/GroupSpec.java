package io.dormouse.worker;

import java.util.Map;
import java.util.Objects;

/// What a group of instances is to be: one variant of one version of an endpoint.
///
/// @param endpoint its name
/// @param variant such as `AllTraffic`
/// @param model what the instances serve
/// @param memoryMb `MemorySizeInMB`: the limit of one instance
/// @param maxConcurrency `MaxConcurrency`: invocations at once, over all instances
/// @param provisionedConcurrency `ProvisionedConcurrency`: slots kept ready; 0 for none
/// @param environment of the model's container definition
/// @param tuning what AWS has no field for
public record GroupSpec(
        String endpoint,
        String variant,
        PreparedModel model,
        int memoryMb,
        int maxConcurrency,
        int provisionedConcurrency,
        Map<String, String> environment,
        Tuning tuning) {
    public GroupSpec {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(variant);
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

    /// Whose the instances are: `endpoint/churn/AllTraffic`.
    public String owner() {
        return "endpoint/" + endpoint + "/" + variant;
    }

    /// AWS's name for the endpoint's log group.
    public String logGroup() {
        return "/aws/sagemaker/Endpoints/" + endpoint;
    }
}
