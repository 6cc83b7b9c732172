package io.dormouse.deploy;

import io.dormouse.definition.Desired;
import io.dormouse.definition.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// The endpoint as it is.
///
/// @param endpoint its description; empty where there is none
/// @param fields in the definition's words; some are missing where its configuration or its model
///   has been deleted
/// @param tags all that it has
public record Found(
        Optional<DescribeEndpointResponse> endpoint,
        Map<String, String> fields,
        Map<String, String> tags) {
    public static Found of(SageMakerClient sageMaker, String name) {
        Optional<DescribeEndpointResponse> endpoint =
                unlessMissing(() -> sageMaker.describeEndpoint(r -> r.endpointName(name)));
        if (endpoint.isEmpty()) {
            return new Found(endpoint, Map.of(), Map.of());
        }
        Map<String, String> tags = new TreeMap<>();
        sageMaker
                .listTagsPaginator(r -> r.resourceArn(endpoint.get().endpointArn()))
                .tags()
                .forEach(tag -> tags.put(tag.key(), tag.value()));
        Fields fields = new Fields().tags(tags);
        Optional<DescribeEndpointConfigResponse> config =
                unlessMissing(() ->
                        sageMaker.describeEndpointConfig(
                                r -> r.endpointConfigName(endpoint.get().endpointConfigName())));
        for (ProductionVariant variant :
                config.map(DescribeEndpointConfigResponse::productionVariants).orElse(List.of())) {
            if (variant.serverlessConfig() != null) {
                fields.serverless(variant.serverlessConfig());
            }
            unlessMissing(() -> sageMaker.describeModel(r -> r.modelName(variant.modelName())))
                    .ifPresent(model -> put(fields, model));
        }
        return new Found(endpoint, fields.all(), tags);
    }

    private static void put(Fields fields, DescribeModelResponse model) {
        Optional<String> role = Optional.ofNullable(model.executionRoleArn());
        if (model.primaryContainer() != null) {
            fields.model(model.primaryContainer(), role);
        } else if (!model.containers().isEmpty()) {
            fields.model(model.containers().getFirst(), role);
        }
    }

    /// What has to change; empty where the endpoint is as it should be.
    public List<Change> changes(Desired desired) {
        List<Change> changes = new ArrayList<>(Change.between(fields, desired.fields()));
        if (endpoint.isPresent()) {
            String config = endpoint.get().endpointConfigName();
            String status = endpoint.get().endpointStatusAsString();
            if (changes.isEmpty() && !desired.configName().equals(config)) {
                changes.add(
                        new Change(
                                "content",
                                Optional.of(String.valueOf(config)),
                                Optional.of(desired.configName())));
            }
            if (isFailed()) {
                changes.add(new Change("status", Optional.of(status), Optional.of("InService")));
            }
        }
        return changes;
    }

    boolean isFailed() {
        return endpoint.map(DescribeEndpointResponse::endpointStatusAsString)
                .filter("Failed"::equals)
                .isPresent();
    }

    /// Empty where AWS says that there is no such thing.
    static <T> Optional<T> unlessMissing(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (SageMakerException e) {
            if (EndpointWait.isMissing(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
