package io.dormouse.endpoint;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RoleAccess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.model.AsyncInferenceConfig;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.DeploymentConfig;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An endpoint as it is kept.
///
/// @param name as it was asked for
/// @param deployment the last DeploymentConfig that was given
record Endpoint(
        String name, String arn, EndpointState state, Optional<DeploymentConfig> deployment) {
    static final Codec<Endpoint> CODEC = new Codec<>(Endpoint::write, Endpoint::read);

    private static final JsonMapper MAPPER = JsonMapper.shared();

    Endpoint {
        Objects.requireNonNull(name);
        Objects.requireNonNull(arn);
        Objects.requireNonNull(state);
        Objects.requireNonNull(deployment);
    }

    Endpoint in(EndpointState newState) {
        return new Endpoint(name, arn, newState, deployment);
    }

    Endpoint with(Optional<DeploymentConfig> newDeployment) {
        return new Endpoint(name, arn, state, newDeployment);
    }

    private String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("name", name).put("arn", arn).put("status", state.status().toString());
        tree.put("reason", state.reason());
        state.current().ifPresent(plan -> tree.set("current", write(plan)));
        state.next().ifPresent(plan -> tree.set("next", write(plan)));
        if (state instanceof EndpointState.Updating updating) {
            tree.put("since", updating.since().toEpochMilli());
        }
        deployment.ifPresent(
                config -> tree.set("deployment", Shapes.write(config, Shapes.Form.JSON)));
        return tree.toString();
    }

    private static ObjectNode write(Plan plan) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("config", plan.configName());
        tree.put("resolved", plan.resolved().toEpochMilli());
        tree.set("variant", Shapes.write(plan.variant(), Shapes.Form.JSON));
        tree.set("container", Shapes.write(plan.container(), Shapes.Form.JSON));
        plan.prepared().ifPresent(model -> tree.set("prepared", write(model)));
        plan.role()
                .ifPresent(role -> {
                    tree.put("role", role.arn());
                    tree.put("region", role.region());
                });
        plan.async().ifPresent(config -> tree.set("async", Shapes.write(config, Shapes.Form.JSON)));
        return tree;
    }

    private static ObjectNode write(PreparedModel model) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("kind", model.kind().name()).put("folder", model.folder().toString());
        model.prepared().ifPresent(form -> tree.put("form", form.toString()));
        return tree.put("peakBytes", model.peakBytes()).put("image", model.image());
    }

    private static Endpoint read(String text) {
        JsonNode tree = MAPPER.readTree(text);
        Optional<DeploymentConfig> deployment =
                tree.has("deployment")
                        ? Optional.of(
                                Shapes.fill(DeploymentConfig.builder(), tree.get("deployment"))
                                        .build())
                        : Optional.empty();
        return new Endpoint(
                tree.get("name").asString(),
                tree.get("arn").asString(),
                readState(tree),
                deployment);
    }

    private static EndpointState readState(JsonNode tree) {
        String reason = tree.get("reason").asString();
        return switch (EndpointStatus.fromValue(tree.get("status").asString())) {
            case CREATING -> new EndpointState.Creating(readPlan(tree.get("next")));
            case IN_SERVICE -> new EndpointState.InService(readPlan(tree.get("current")), reason);
            case UPDATING ->
                    new EndpointState.Updating(
                            readPlan(tree.get("current")),
                            readPlan(tree.get("next")),
                            Instant.ofEpochMilli(tree.get("since").asLong()));
            case OUT_OF_SERVICE ->
                    new EndpointState.OutOfService(readPlan(tree.get("current")), reason);
            case FAILED -> new EndpointState.Failed(readPlan(tree.get("current")), reason);
            case DELETING -> new EndpointState.Deleting(readPlan(tree.get("current")));
            case SYSTEM_UPDATING, ROLLING_BACK, UPDATE_ROLLBACK_FAILED, UNKNOWN_TO_SDK_VERSION ->
                    throw new IllegalStateException("No such state of an endpoint: " + tree);
        };
    }

    private static Plan readPlan(JsonNode tree) {
        return new Plan(
                tree.get("config").asString(),
                Shapes.fill(ProductionVariant.builder(), tree.get("variant")).build(),
                Shapes.fill(ContainerDefinition.builder(), tree.get("container")).build(),
                Instant.ofEpochMilli(tree.get("resolved").asLong()),
                Optional.ofNullable(tree.get("prepared")).map(Endpoint::readPrepared),
                Optional.ofNullable(tree.get("async"))
                        .map(async -> Shapes.fill(AsyncInferenceConfig.builder(), async).build()),
                Optional.ofNullable(tree.get("role"))
                        .map(role ->
                                new RoleAccess.Role(
                                        role.asString(), tree.get("region").asString())));
    }

    private static PreparedModel readPrepared(JsonNode tree) {
        return new PreparedModel(
                PreparedModel.Kind.valueOf(tree.get("kind").asString()),
                Path.of(tree.get("folder").asString()),
                Optional.ofNullable(tree.get("form")).map(form -> Path.of(form.asString())),
                tree.get("peakBytes").asLong(),
                tree.get("image").asString());
    }
}
