package io.dormouse.cli;

import io.dormouse.deploy.EndpointWait;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// An endpoint as it should be, made or updated by AWS's own three calls.
///
/// @param name the endpoint's; model and configuration are named after it and the moment
/// @param container the model, or the model package it comes from
/// @param roleArn what the instances may do
/// @param memoryMb 1024, 2048 … 6144
/// @param settings tags of ours that a new endpoint gets: `dormouse:idle-seconds`
record Deployment(
        String name,
        ContainerDefinition container,
        String roleArn,
        int memoryMb,
        int maxConcurrency,
        Map<String, String> settings) {
    /// Makes or updates the endpoint; it is on its way when this returns.
    ///
    /// @param suffix what makes the names of this deployment's model and configuration new
    void apply(SageMakerClient sageMaker, String suffix) {
        String revision = name + "-" + suffix;
        sageMaker.createModel(
                r -> r.modelName(revision).executionRoleArn(roleArn).containers(container));
        sageMaker.createEndpointConfig(
                r -> r.endpointConfigName(revision).productionVariants(variant(revision)));
        if (exists(sageMaker)) {
            retag(sageMaker);
            sageMaker.updateEndpoint(r -> r.endpointName(name).endpointConfigName(revision));
        } else {
            sageMaker.createEndpoint(
                    r -> r.endpointName(name).endpointConfigName(revision).tags(tags()));
        }
    }

    private ProductionVariant variant(String model) {
        return ProductionVariant.builder()
                .variantName("AllTraffic")
                .modelName(model)
                .initialVariantWeight(1f)
                .serverlessConfig(
                        ProductionVariantServerlessConfig.builder()
                                .memorySizeInMB(memoryMb)
                                .maxConcurrency(maxConcurrency)
                                .build())
                .build();
    }

    /// An update carries no tags.
    private void retag(SageMakerClient sageMaker) {
        if (!settings.isEmpty()) {
            String arn = sageMaker.describeEndpoint(r -> r.endpointName(name)).endpointArn();
            sageMaker.addTags(r -> r.resourceArn(arn).tags(tags()));
        }
    }

    private List<Tag> tags() {
        return settings.entrySet().stream()
                .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
                .toList();
    }

    private boolean exists(SageMakerClient sageMaker) {
        try {
            sageMaker.describeEndpoint(r -> r.endpointName(name));
            return true;
        } catch (SageMakerException e) {
            if (EndpointWait.isMissing(e)) {
                return false;
            }
            throw e;
        }
    }
}
