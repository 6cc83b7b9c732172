package io.dormouse.deploy;

import io.dormouse.definition.Desired;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointConfigSummary;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;

/// What earlier rollouts of a definition made and nothing uses any more. SageMaker deletes
/// configurations and models that are in use without a word, and endpoints break later.
///
/// @param progress told each deletion
record Superseded(SageMakerClient sageMaker, Desired desired, Consumer<String> progress) {
    void delete() {
        deleteConfigs();
        deleteModels();
    }

    private void deleteConfigs() {
        List<String> old = new ArrayList<>();
        for (EndpointConfigSummary config :
                sageMaker
                        .listEndpointConfigsPaginator(r -> r.nameContains(desired.name() + "-"))
                        .endpointConfigs()) {
            String name = config.endpointConfigName();
            if (!name.equals(desired.configName()) && isOwn(name, config.endpointConfigArn())) {
                old.add(name);
            }
        }
        if (old.isEmpty()) {
            return;
        }
        old.removeAll(configsInUse());
        old.forEach(name -> {
            progress.accept("Deleting superseded endpoint configuration " + name);
            sageMaker.deleteEndpointConfig(r -> r.endpointConfigName(name));
        });
    }

    private void deleteModels() {
        List<String> old = new ArrayList<>();
        for (ModelSummary model :
                sageMaker.listModelsPaginator(r -> r.nameContains(desired.name() + "-")).models()) {
            String name = model.modelName();
            if (!name.equals(desired.modelName()) && isOwn(name, model.modelArn())) {
                old.add(name);
            }
        }
        if (old.isEmpty()) {
            return;
        }
        old.removeAll(modelsInUse());
        old.forEach(name -> {
            progress.accept("Deleting superseded model " + name);
            sageMaker.deleteModel(r -> r.modelName(name));
        });
    }

    private boolean isOwn(String name, String arn) {
        return desired.isOwn(name)
                && sageMaker.listTagsPaginator(r -> r.resourceArn(arn)).tags().stream()
                        .anyMatch(tag ->
                                tag.key().equals(Desired.MADE_FROM)
                                        && tag.value().equals(desired.name()));
    }

    /// By any endpoint, now or once its update is done.
    private Set<String> configsInUse() {
        Set<String> used = new HashSet<>();
        sageMaker.listEndpointsPaginator().endpoints().stream()
                .map(endpoint ->
                        Found.unlessMissing(() ->
                                sageMaker.describeEndpoint(
                                        r -> r.endpointName(endpoint.endpointName()))))
                .flatMap(Optional::stream)
                .forEach(endpoint -> addConfigs(endpoint, used));
        return used;
    }

    private static void addConfigs(DescribeEndpointResponse endpoint, Set<String> used) {
        used.add(endpoint.endpointConfigName());
        if (endpoint.pendingDeploymentSummary() != null) {
            used.add(endpoint.pendingDeploymentSummary().endpointConfigName());
        }
    }

    /// By any configuration that is left.
    private Set<String> modelsInUse() {
        Set<String> used = new HashSet<>();
        sageMaker.listEndpointConfigsPaginator().endpointConfigs().stream()
                .map(config ->
                        Found.unlessMissing(() ->
                                sageMaker.describeEndpointConfig(
                                        r -> r.endpointConfigName(config.endpointConfigName()))))
                .flatMap(Optional::stream)
                .flatMap(config -> config.productionVariants().stream())
                .forEach(variant -> used.add(variant.modelName()));
        return used;
    }
}
