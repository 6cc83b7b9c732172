package io.dormouse.endpoint;

import io.dormouse.gateway.AsyncSettings;
import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.Hosting;
import io.dormouse.worker.ModelSource;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.Tuning;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.model.AsyncInferenceConfig;
import software.amazon.awssdk.services.sagemaker.model.AsyncInferenceNotificationConfig;
import software.amazon.awssdk.services.sagemaker.model.AsyncInferenceOutputConfig;
import software.amazon.awssdk.services.sagemaker.model.AsyncNotificationTopicTypes;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.DeployedImage;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessUpdateConfig;

/// What an endpoint serves: a copy of its configuration and its model, taken when it was asked for.
///
/// @param configName the endpoint configuration that it is from
/// @param variant its only production variant
/// @param container the model's container, complete
/// @param resolved when the copy was taken
/// @param prepared the model as it was laid out when this came into service: a restart serves the
///   same bytes, whatever has become of the artifact in S3
/// @param async where its requests are asynchronous
/// @param role whom the model's program acts for, in the Region that it was asked for in
record Plan(
        String configName,
        ProductionVariant variant,
        ContainerDefinition container,
        Instant resolved,
        Optional<PreparedModel> prepared,
        Optional<AsyncInferenceConfig> async,
        Optional<RoleAccess.Role> role) {
    Plan {
        Objects.requireNonNull(configName);
        Objects.requireNonNull(variant);
        Objects.requireNonNull(container);
        Objects.requireNonNull(resolved);
        Objects.requireNonNull(prepared);
        Objects.requireNonNull(async);
        Objects.requireNonNull(role);
    }

    Plan with(PreparedModel model) {
        return new Plan(configName, variant, container, resolved, Optional.of(model), async, role);
    }

    ProductionVariantServerlessConfig serverless() {
        return variant.serverlessConfig();
    }

    double weight() {
        return variant.initialVariantWeight();
    }

    int provisioned() {
        return Optional.ofNullable(serverless().provisionedConcurrency()).orElse(0);
    }

    DeployedImage image() {
        return DeployedImage.builder()
                .specifiedImage(container.image())
                .resolvedImage(container.image())
                .resolutionTime(resolved)
                .build();
    }

    ModelSource source() {
        return new ModelSource(
                container.image(),
                Containers.artifact(container).orElse(""),
                container.environment(),
                role);
    }

    /// What the gateway needs to know of asynchronous requests.
    Optional<AsyncSettings> asyncSettings() {
        return async.map(AsyncInferenceConfig::outputConfig).map(Plan::asyncSettings);
    }

    private static AsyncSettings asyncSettings(AsyncInferenceOutputConfig output) {
        Optional<AsyncInferenceNotificationConfig> told =
                Optional.ofNullable(output.notificationConfig());
        List<AsyncNotificationTopicTypes> included =
                told.map(AsyncInferenceNotificationConfig::includeInferenceResponseIn)
                        .orElse(List.of());
        return new AsyncSettings(
                Optional.ofNullable(output.s3OutputPath()),
                Optional.ofNullable(output.s3FailurePath()),
                told.map(AsyncInferenceNotificationConfig::successTopic),
                told.map(AsyncInferenceNotificationConfig::errorTopic),
                included.contains(AsyncNotificationTopicTypes.SUCCESS_NOTIFICATION_TOPIC),
                included.contains(AsyncNotificationTopicTypes.ERROR_NOTIFICATION_TOPIC));
    }

    /// @param roles lets the model's program speak to the platform, where one serves it
    GroupSpec group(String endpoint, PreparedModel model, Tuning tuning, RoleAccess roles) {
        boolean program = model.kind() == PreparedModel.Kind.PYTHON;
        return new GroupSpec(
                new Hosting.Endpoint(
                        endpoint, variant.variantName(), roles, program ? role : Optional.empty()),
                model,
                serverless().memorySizeInMB(),
                serverless().maxConcurrency(),
                provisioned(),
                container.environment(),
                tuning);
    }

    /// Whether the instances of another plan can serve this one: they differ in weight and
    /// concurrency at most. A copy taken at another time may be of another artifact under the same
    /// name, so its instances are not these.
    boolean sameInstances(Plan other) {
        return container.equals(other.container)
                && resolved.equals(other.resolved)
                && role.equals(other.role)
                && variant.variantName().equals(other.variant.variantName())
                && serverless().memorySizeInMB().equals(other.serverless().memorySizeInMB());
    }

    /// This plan with another weight and concurrency.
    Plan with(DesiredWeightAndCapacity desired) {
        ProductionVariant.Builder changed = variant.toBuilder();
        if (desired.desiredWeight() != null) {
            changed.initialVariantWeight(desired.desiredWeight());
        }
        ProductionVariantServerlessUpdateConfig update = desired.serverlessUpdateConfig();
        if (update != null) {
            ProductionVariantServerlessConfig.Builder serverless = serverless().toBuilder();
            if (update.maxConcurrency() != null) {
                serverless.maxConcurrency(update.maxConcurrency());
            }
            if (update.provisionedConcurrency() != null) {
                serverless.provisionedConcurrency(update.provisionedConcurrency());
            }
            changed.serverlessConfig(serverless.build());
        }
        return new Plan(configName, changed.build(), container, resolved, prepared, async, role);
    }

    /// This plan with the weight that another one had come to.
    Plan weighted(Plan other) {
        ProductionVariant changed =
                variant.toBuilder()
                        .initialVariantWeight(other.variant.initialVariantWeight())
                        .build();
        return new Plan(configName, changed, container, resolved, prepared, async, role);
    }
}
