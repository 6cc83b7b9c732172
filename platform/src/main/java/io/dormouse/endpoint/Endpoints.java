package io.dormouse.endpoint;

import io.dormouse.artifact.Retention;
import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.aws.TagList;
import io.dormouse.gateway.Routes;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.worker.Groups;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.Tuning;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DeploymentConfig;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.DesiredWeightAndCapacity;
import software.amazon.awssdk.services.sagemaker.model.EndpointSummary;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointsResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.UpdateEndpointRequest;
import software.amazon.awssdk.services.sagemaker.model.UpdateEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.UpdateEndpointWeightsAndCapacitiesRequest;
import software.amazon.awssdk.services.sagemaker.model.UpdateEndpointWeightsAndCapacitiesResponse;
import software.amazon.awssdk.services.sagemaker.model.VariantProperty;
import software.amazon.awssdk.services.sagemaker.model.VariantPropertyType;

/// Endpoints. An operation writes what is asked for and returns; the reconciler makes it so.
///
/// AWS page:
/// [CreateEndpoint](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html).
public final class Endpoints implements SageMakerClient, Retention {
    private final Store store;
    private final Tags tags;
    private final InstantSource clock;
    private final EndpointConfigs configs;
    private final Models models;
    private final Records<Endpoint> endpoints;
    private final Serving serving;
    private final Reconciler reconciler;

    /// @param preparer lays models out
    /// @param groups makes the groups of instances
    /// @param routes where the gateway reads what is in service
    /// @param departure told of each endpoint that goes
    /// @param roles lets programs of models' owners speak to the platform
    public Endpoints(
            Store store,
            Tags tags,
            InstantSource clock,
            EndpointConfigs configs,
            Models models,
            io.dormouse.worker.Models preparer,
            Groups groups,
            Routes routes,
            Departure departure,
            RoleAccess roles) {
        this.store = store;
        this.tags = tags;
        this.clock = clock;
        this.configs = configs;
        this.models = models;
        this.endpoints = new Records<>(store, Resource.ENDPOINT.kind(), Endpoint.CODEC);
        this.serving = new Serving(preparer, groups, routes, roles);
        this.reconciler = new Reconciler(store, endpoints, tags, clock, serving, departure);
    }

    /// Takes up what an earlier life of the platform left, and returns when every endpoint that was
    /// in service can be invoked again.
    public void start() {
        reconciler.start();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    /// Ends every instance; the records stay as they are.
    @Override
    public void close() {
        reconciler.close();
    }

    /// An endpoint needs what it serves or is on its way to, though its model be deleted.
    @Override
    public Map<String, String> needed(Query query) {
        Map<String, String> needed = new LinkedHashMap<>();
        for (Entry<Endpoint> entry : endpoints.all(query)) {
            EndpointState state = entry.body().state();
            Stream.of(state.current(), state.next())
                    .flatMap(Optional::stream)
                    .map(plan -> Containers.artifact(plan.container()))
                    .flatMap(Optional::stream)
                    .forEach(uri ->
                            needed.put(uri, "endpoint " + entry.body().name() + " serves it"));
        }
        return needed;
    }

    @Override
    public CreateEndpointResponse createEndpoint(CreateEndpointRequest request) {
        String name = request.endpointName();
        String key = Resource.key(name);
        if (endpoints.get(key).isPresent()) {
            throw Resource.ENDPOINT.taken(name);
        }
        Map<String, String> given = TagList.toMap(request.tags());
        checkTags(given);
        Instant now = clock.instant();
        Plan plan = plan(request.endpointConfigName(), now);
        String arn = Resource.ENDPOINT.arn(name);
        EndpointState state = new EndpointState.Creating(plan);
        Endpoint endpoint = new Endpoint(name, arn, state, deployment(request.deploymentConfig()));
        Entry<Endpoint> entry =
                Entry.of(key, now, endpoint).now(state.status().toString(), now, endpoint);
        store.write(tx -> {
            if (!endpoints.insert(tx, entry)) {
                throw Resource.ENDPOINT.taken(name);
            }
            tags.put(tx, arn, given);
            reconciler.append(tx, entry);
            return true;
        });
        reconciler.wake(key);
        return CreateEndpointResponse.builder().endpointArn(arn).build();
    }

    /// What the configuration says now, with its model.
    private Plan plan(String configName, Instant now) {
        DescribeEndpointConfigResponse config = configs.required(configName);
        ProductionVariant variant = config.productionVariants().getFirst();
        DescribeModelResponse model = models.required(variant.modelName());
        return new Plan(
                config.endpointConfigName(),
                variant,
                Containers.single(model).orElseThrow(),
                Instant.ofEpochMilli(now.toEpochMilli()),
                Optional.empty(),
                Optional.ofNullable(config.asyncInferenceConfig()),
                Optional.ofNullable(model.executionRoleArn())
                        .map(role -> new RoleAccess.Role(role, Caller.current().region())));
    }

    /// @param given null where there is none, as the SDK's getter says it
    private static Optional<DeploymentConfig> deployment(DeploymentConfig given) {
        if (given != null
                && given.blueGreenUpdatePolicy() != null
                && given.rollingUpdatePolicy() != null) {
            throw AwsError.VALIDATION.of(
                    "DeploymentConfig has a BlueGreenUpdatePolicy and a RollingUpdatePolicy: give"
                            + " one of them.");
        }
        return Optional.ofNullable(given);
    }

    @Override
    public DescribeEndpointResponse describeEndpoint(DescribeEndpointRequest request) {
        Entry<Endpoint> entry = store.read(query -> required(query, request.endpointName()));
        return description(entry);
    }

    private DescribeEndpointResponse description(Entry<Endpoint> entry) {
        int instances = serving.instances(entry.body().name());
        return new EndpointDescription(entry, instances, reconciler.progress(entry.name()))
                .response();
    }

    private Entry<Endpoint> required(Query query, String name) {
        return endpoints
                .get(query, Resource.key(name))
                .orElseThrow(() -> Resource.ENDPOINT.missing(name));
    }

    @Override
    public ListEndpointsResponse listEndpoints(ListEndpointsRequest request) {
        Page<EndpointSummary> page = endpoints.page(Listing.of(request)).map(Endpoints::summary);
        return ListEndpointsResponse.builder()
                .endpoints(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    private static EndpointSummary summary(Entry<Endpoint> entry) {
        return EndpointSummary.builder()
                .endpointName(entry.body().name())
                .endpointArn(entry.body().arn())
                .creationTime(entry.created())
                .lastModifiedTime(entry.modified())
                .endpointStatus(entry.body().state().status())
                .build();
    }

    @Override
    public UpdateEndpointResponse updateEndpoint(UpdateEndpointRequest request) {
        // The endpoint first: it is what a caller who errs about both wants to hear of.
        store.read(query -> required(query, request.endpointName()));
        Optional<DeploymentConfig> given = deployment(request.deploymentConfig());
        Instant now = clock.instant();
        Plan asked = plan(request.endpointConfigName(), now);
        boolean retainWeight =
                Boolean.TRUE.equals(request.retainAllVariantProperties())
                        && request.excludeRetainedVariantProperties().stream()
                                .map(VariantProperty::variantPropertyType)
                                .noneMatch(VariantPropertyType.DESIRED_WEIGHT::equals);
        boolean retain = Boolean.TRUE.equals(request.retainDeploymentConfig());
        String arn =
                change(
                        request.endpointName(),
                        (endpoint, plan) ->
                                updating(endpoint, retainWeight ? asked.weighted(plan) : asked, now)
                                        .with(retain ? endpoint.deployment() : given));
        return UpdateEndpointResponse.builder().endpointArn(arn).build();
    }

    @Override
    public UpdateEndpointWeightsAndCapacitiesResponse updateEndpointWeightsAndCapacities(
            UpdateEndpointWeightsAndCapacitiesRequest request) {
        Instant now = clock.instant();
        String arn =
                change(
                        request.endpointName(),
                        (endpoint, plan) -> {
                            Plan next = plan;
                            for (DesiredWeightAndCapacity desired :
                                    request.desiredWeightsAndCapacities()) {
                                next = resized(endpoint, next, desired);
                            }
                            return updating(endpoint, next, now);
                        });
        return UpdateEndpointWeightsAndCapacitiesResponse.builder().endpointArn(arn).build();
    }

    private static Plan resized(Endpoint endpoint, Plan plan, DesiredWeightAndCapacity desired) {
        if (!desired.variantName().equals(plan.variant().variantName())) {
            throw AwsError.VALIDATION.of(
                    "Could not find variant \""
                            + desired.variantName()
                            + "\" of endpoint \""
                            + endpoint.arn()
                            + "\": it has "
                            + plan.variant().variantName()
                            + ".");
        }
        if (desired.desiredInstanceCount() != null) {
            throw AwsError.VALIDATION.of(
                    "DesiredInstanceCount is not supported by serverless variants: give a"
                            + " ServerlessUpdateConfig.");
        }
        Plan next = plan.with(desired);
        ServerlessRules.checkConcurrency(
                next.serverless().maxConcurrency(), next.serverless().provisionedConcurrency());
        return next;
    }

    private static Endpoint updating(Endpoint endpoint, Plan next, Instant now) {
        return endpoint.in(
                switch (endpoint.state()) {
                    case EndpointState.InService state -> state.update(next, now);
                    case EndpointState.OutOfService state -> state.update(next, now);
                    case EndpointState.Failed _ ->
                            throw AwsError.VALIDATION.of(
                                    "Cannot update endpoint \""
                                            + endpoint.arn()
                                            + "\": its status is Failed. Delete it and create it"
                                            + " again.");
                    case EndpointState.Creating _,
                            EndpointState.Updating _,
                            EndpointState.Deleting _ ->
                            throw inProgress(endpoint);
                });
    }

    private static RuntimeException inProgress(Endpoint endpoint) {
        return AwsError.VALIDATION.of(
                "Cannot update in-progress endpoint \"" + endpoint.arn() + "\".");
    }

    /// Writes what is asked of an endpoint, and wakes the reconciler.
    ///
    /// @param next from the endpoint and what it serves to what it is to be
    /// @return its ARN
    private String change(String name, BiFunction<Endpoint, Plan, Endpoint> next) {
        String key = Resource.key(name);
        String arn =
                store.write(tx -> {
                    Entry<Endpoint> entry = required(tx, name);
                    EndpointState state = entry.body().state();
                    Plan plan = state.current().or(state::next).orElseThrow();
                    reconciler.put(tx, entry, next.apply(entry.body(), plan));
                    return entry.body().arn();
                });
        reconciler.wake(key);
        return arn;
    }

    @Override
    public DeleteEndpointResponse deleteEndpoint(DeleteEndpointRequest request) {
        change(
                request.endpointName(),
                (endpoint, _) ->
                        endpoint.in(
                                switch (endpoint.state()) {
                                    case EndpointState.InService state -> state.delete();
                                    case EndpointState.OutOfService state -> state.delete();
                                    case EndpointState.Failed state -> state.delete();
                                    case EndpointState.Creating _,
                                            EndpointState.Updating _,
                                            EndpointState.Deleting _ ->
                                            throw inProgress(endpoint);
                                }));
        return DeleteEndpointResponse.builder().build();
    }

    /// The ARN of the endpoint of this name, where there is one.
    public Optional<String> arn(Query query, String name) {
        return endpoints.get(query, Resource.key(name)).map(entry -> entry.body().arn());
    }

    /// What an endpoint's tags would set.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   naming the tag and what was expected
    public void checkTags(Map<String, String> all) {
        try {
            Tuning.of(all);
        } catch (IllegalArgumentException e) {
            throw AwsError.VALIDATION.of(String.valueOf(e.getMessage()));
        }
    }

    /// Makes an endpoint go by its tags as they are now.
    public void tagsChanged(String name) {
        reconciler.wake(Resource.key(name));
    }

    /// The folders of the models that endpoints serve, or will once they are updated.
    public Set<Path> modelFolders() {
        return endpoints.all().stream()
                .map(entry -> entry.body().state())
                .flatMap(state -> Stream.concat(state.current().stream(), state.next().stream()))
                .flatMap(plan -> plan.prepared().stream())
                .map(PreparedModel::folder)
                .collect(Collectors.toSet());
    }

    /// Every endpoint, as Search shows it.
    public List<SearchRecord> searchRecords() {
        return endpoints.all().stream().map(this::searchRecord).toList();
    }

    private SearchRecord searchRecord(Entry<Endpoint> entry) {
        var shown =
                Shapes.like(
                                software.amazon.awssdk.services.sagemaker.model.Endpoint.builder(),
                                description(entry))
                        .tags(TagList.of(tags.of(entry.body().arn())))
                        .build();
        return SearchRecord.builder().endpoint(shown).build();
    }
}
