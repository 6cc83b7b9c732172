package io.dormouse.definition;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;

/// SageMaker's shapes in a definition's words: what a diff compares.
public final class Fields {
    private static final String OURS = "dormouse:";

    private final Map<String, String> fields = new TreeMap<>();

    /// The fields so far, by name.
    public Map<String, String> all() {
        return fields;
    }

    /// Adds a model's.
    ///
    /// @param roleArn the model's execution role
    public Fields model(ContainerDefinition container, Optional<String> roleArn) {
        put("image", container.image());
        put("model", container.modelDataUrl());
        put("package", container.modelPackageName());
        roleArn.ifPresent(role -> put("role", role));
        container.environment().forEach((name, value) -> put("environment." + name, value));
        return this;
    }

    public Fields serverless(ProductionVariantServerlessConfig serverless) {
        put("memory", serverless.memorySizeInMB());
        put("concurrency", serverless.maxConcurrency());
        put("provisioned", serverless.provisionedConcurrency());
        return this;
    }

    /// The endpoint's tags: of these, our own settings.
    public Fields tags(Map<String, String> tags) {
        tags.forEach((key, value) -> {
            if (key.startsWith(OURS) && !key.equals(Desired.MADE_FROM)) {
                put("settings." + key.substring(OURS.length()), value);
            }
        });
        return this;
    }

    /// @param value as the SDK's getters say it: null for none
    private void put(String field, @Nullable Object value) {
        if (value != null) {
            fields.put(field, value.toString());
        }
    }
}
