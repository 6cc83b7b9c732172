package io.dormouse.autoscaling;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.PendingDeploymentSummary;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;

/// Endpoints as this room sees them: through SageMaker's own operations.
final class Variants {
    private final SageMakerClient sageMaker;

    Variants(SageMakerClient sageMaker) {
        this.sageMaker = sageMaker;
    }

    /// A variant as it is now.
    ///
    /// @param endpoint its name as it was created with, which metrics are under
    /// @param provisioned what is asked for; 0 for none
    /// @param modified when the endpoint last changed
    /// @param failure why its last update failed; empty where it did not
    record Found(
            String endpoint,
            EndpointStatus status,
            int provisioned,
            int maxConcurrency,
            Instant modified,
            String failure) {
        boolean isInService() {
            return status == EndpointStatus.IN_SERVICE;
        }
    }

    /// The variant; empty where there is no such endpoint or variant.
    Optional<Found> find(VariantId id) {
        DescribeEndpointResponse endpoint;
        try {
            endpoint = sageMaker.describeEndpoint(r -> r.endpointName(id.endpoint()));
        } catch (AwsServiceException e) {
            return Optional.empty();
        }
        return config(endpoint, id.variant())
                .map(config ->
                        new Found(
                                endpoint.endpointName(),
                                endpoint.endpointStatus(),
                                Optional.ofNullable(config.provisionedConcurrency()).orElse(0),
                                config.maxConcurrency(),
                                endpoint.lastModifiedTime(),
                                Optional.ofNullable(endpoint.failureReason()).orElse("")));
    }

    /// What is asked for: while an endpoint is created it stands in what is pending.
    private static Optional<ProductionVariantServerlessConfig> config(
            DescribeEndpointResponse endpoint, String variant) {
        Stream<ProductionVariantServerlessConfig> current =
                endpoint.productionVariants().stream()
                        .filter(each -> each.variantName().equals(variant))
                        .map(each -> each.desiredServerlessConfig());
        Stream<ProductionVariantServerlessConfig> pending =
                Optional.ofNullable(endpoint.pendingDeploymentSummary()).stream()
                        .map(PendingDeploymentSummary::productionVariants)
                        .flatMap(each -> each.stream())
                        .filter(each -> each.variantName().equals(variant))
                        .map(each -> each.desiredServerlessConfig());
        return Stream.concat(current, pending).findFirst();
    }

    /// Asks for another provisioned concurrency, as anybody would.
    ///
    /// @throws AwsServiceException where SageMaker refuses
    void provision(VariantId id, int provisioned) {
        sageMaker.updateEndpointWeightsAndCapacities(r ->
                r.endpointName(id.endpoint())
                        .desiredWeightsAndCapacities(
                                DesiredWeightAndCapacity.builder()
                                        .variantName(id.variant())
                                        .serverlessUpdateConfig(
                                                s -> s.provisionedConcurrency(provisioned))
                                        .build()));
    }
}
