package io.dormouse.endpoint;

import io.dormouse.store.Entry;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.PendingDeploymentSummary;
import software.amazon.awssdk.services.sagemaker.model.PendingProductionVariantSummary;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantStatus;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantSummary;
import software.amazon.awssdk.services.sagemaker.model.VariantStatus;

/// What DescribeEndpoint answers.
///
/// AWS page:
/// [DescribeEndpoint](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html).
///
/// @param entry the endpoint
/// @param instances how many run now: 0 while it sleeps
/// @param progress what is being prepared, as a sentence; empty where nothing is
record EndpointDescription(Entry<Endpoint> entry, int instances, String progress) {
    DescribeEndpointResponse response() {
        Endpoint endpoint = entry.body();
        EndpointState state = endpoint.state();
        DescribeEndpointResponse.Builder response =
                DescribeEndpointResponse.builder()
                        .endpointName(endpoint.name())
                        .endpointArn(endpoint.arn())
                        .endpointStatus(state.status())
                        .endpointConfigName(
                                state.current().or(state::next).orElseThrow().configName())
                        .creationTime(entry.created())
                        .lastModifiedTime(entry.modified());
        endpoint.deployment().ifPresent(response::lastDeploymentConfig);
        if (!state.reason().isEmpty()) {
            response.failureReason(state.reason());
        }
        if (!(state instanceof EndpointState.Failed)) {
            state.current().ifPresent(plan -> response.productionVariants(variant(plan, state)));
        }
        state.current().flatMap(Plan::async).ifPresent(response::asyncInferenceConfig);
        pending(state).ifPresent(response::pendingDeploymentSummary);
        return response.build();
    }

    private ProductionVariantSummary variant(Plan plan, EndpointState state) {
        Plan desired = state.next().filter(next -> next.sameInstances(plan)).orElse(plan);
        return ProductionVariantSummary.builder()
                .variantName(plan.variant().variantName())
                .deployedImages(plan.image())
                .currentWeight(plan.variant().initialVariantWeight())
                .desiredWeight(desired.variant().initialVariantWeight())
                .currentInstanceCount(instances)
                .currentServerlessConfig(plan.serverless())
                .desiredServerlessConfig(desired.serverless())
                .build();
    }

    /// Only while another configuration is on its way, as on AWS.
    private Optional<PendingDeploymentSummary> pending(EndpointState state) {
        boolean capacityOnly =
                state.next().flatMap(to -> state.current().map(to::sameInstances)).orElse(false);
        return capacityOnly ? Optional.empty() : state.next().map(plan -> pending(state, plan));
    }

    private PendingDeploymentSummary pending(EndpointState state, Plan plan) {
        ProductionVariantStatus.Builder status =
                ProductionVariantStatus.builder()
                        .status(VariantStatus.CREATING)
                        .startTime(entry.modified());
        if (!progress.isEmpty()) {
            status.statusMessage(progress);
        }
        PendingProductionVariantSummary variant =
                PendingProductionVariantSummary.builder()
                        .variantName(plan.variant().variantName())
                        .deployedImages(plan.image())
                        .desiredWeight(plan.variant().initialVariantWeight())
                        .desiredServerlessConfig(plan.serverless())
                        .variantStatus(status.build())
                        .build();
        return PendingDeploymentSummary.builder()
                .endpointConfigName(plan.configName())
                .productionVariants(variant)
                .startTime(
                        state instanceof EndpointState.Updating updating
                                ? updating.since()
                                : entry.created())
                .build();
    }
}
