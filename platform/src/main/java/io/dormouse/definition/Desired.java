package io.dormouse.definition;

import io.dormouse.aws.Shapes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateModelRequest;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// A definition in an account and Region: its Model, EndpointConfig and Endpoint, one to one. Names
/// of model and configuration have their content in them, so that equal ones are the same.
///
/// @param image the container image's URI
/// @param modelUrl where the model is, or will be, in S3; empty where the image holds it
/// @param digest what changes when the model's bytes do
public record Desired(
        Definition definition,
        String image,
        Optional<String> modelUrl,
        String digest,
        String roleArn) {
    /// The tag that marks models and configurations as made from a definition, with its name.
    public static final String MADE_FROM = "dormouse:definition";

    private static final int DIGITS = 12;

    public String name() {
        return definition.name();
    }

    public String modelName() {
        return name() + "-" + hash(Shapes.toJson(model("-")) + digest);
    }

    public String configName() {
        return name() + "-" + hash(Shapes.toJson(config("-", modelName())));
    }

    public CreateModelRequest model() {
        return model(modelName());
    }

    public CreateEndpointConfigRequest config() {
        return config(configName(), modelName());
    }

    public CreateEndpointRequest endpoint() {
        return CreateEndpointRequest.builder()
                .endpointName(name())
                .endpointConfigName(configName())
                .tags(tags().entrySet().stream().map(e -> tag(e.getKey(), e.getValue())).toList())
                .build();
    }

    /// The endpoint's: our own settings.
    public Map<String, String> tags() {
        Map<String, String> tags = new TreeMap<>();
        definition.settings().forEach((name, value) -> tags.put("dormouse:" + name, value));
        tags.put(MADE_FROM, name());
        return tags;
    }

    /// In the definition's words, for a diff.
    public Map<String, String> fields() {
        return new Fields()
                .model(model().primaryContainer(), Optional.of(roleArn))
                .serverless(config().productionVariants().getFirst().serverlessConfig())
                .tags(tags())
                .all();
    }

    private CreateModelRequest model(String modelName) {
        ContainerDefinition.Builder container = ContainerDefinition.builder().image(image);
        modelUrl.ifPresent(container::modelDataUrl);
        if (!definition.environment().isEmpty()) {
            container.environment(definition.environment());
        }
        return CreateModelRequest.builder()
                .modelName(modelName)
                .executionRoleArn(roleArn)
                .primaryContainer(container.build())
                .tags(tag(MADE_FROM, name()))
                .build();
    }

    private CreateEndpointConfigRequest config(String configName, String modelName) {
        ProductionVariantServerlessConfig.Builder serverless =
                ProductionVariantServerlessConfig.builder()
                        .memorySizeInMB(definition.memoryMb())
                        .maxConcurrency(definition.maxConcurrency());
        if (definition.provisioned() > 0) {
            serverless.provisionedConcurrency(definition.provisioned());
        }
        return CreateEndpointConfigRequest.builder()
                .endpointConfigName(configName)
                .productionVariants(
                        ProductionVariant.builder()
                                .variantName("AllTraffic")
                                .modelName(modelName)
                                .initialVariantWeight(1f)
                                .serverlessConfig(serverless.build())
                                .build())
                .tags(tag(MADE_FROM, name()))
                .build();
    }

    /// Whether a name is one of those that this gives to models and configurations.
    public boolean isOwn(String other) {
        return other.matches("\\Q" + name() + "\\E-[0-9a-f]{" + DIGITS + "}");
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static String hash(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
