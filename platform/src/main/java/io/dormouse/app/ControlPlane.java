package io.dormouse.app;

import io.dormouse.artifact.Retention;
import io.dormouse.endpoint.Containers;
import io.dormouse.endpoint.Departure;
import io.dormouse.endpoint.EndpointConfigs;
import io.dormouse.endpoint.Endpoints;
import io.dormouse.endpoint.Models;
import io.dormouse.endpoint.SageMakerTags;
import io.dormouse.endpoint.SageMakerTags.Taggable;
import io.dormouse.endpoint.Search;
import io.dormouse.gateway.Routes;
import io.dormouse.registry.ModelPackageGroups;
import io.dormouse.registry.ModelPackages;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.worker.RoleAccess;
import java.time.InstantSource;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;

/// The registry and the endpoints.
final class ControlPlane implements AutoCloseable {
    private final Store store;
    private final Tags tags;
    private final ModelPackageGroups groups;
    private final ModelPackages packages;
    private final Models models;
    private final EndpointConfigs configs;
    private final Endpoints endpoints;

    ControlPlane(
            Store store,
            Tags tags,
            InstantSource clock,
            S3Client objects,
            Workers workers,
            Routes routes,
            Departure departure,
            RoleAccess roles) {
        this.store = store;
        this.tags = tags;
        groups = new ModelPackageGroups(store, tags, clock);
        packages = new ModelPackages(store, tags, clock, groups);
        models =
                new Models(
                        store,
                        tags,
                        clock,
                        new Containers(packages, objects, workers::imageTrouble));
        configs = new EndpointConfigs(store, tags, clock, models);
        endpoints =
                new Endpoints(
                        store,
                        tags,
                        clock,
                        configs,
                        models,
                        workers.models(),
                        workers.pools(),
                        routes,
                        departure,
                        roles);
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /// What of the object store the registry and the endpoints need.
    Retention retention() {
        return Retention.all(List.of(endpoints, models, packages));
    }

    /// What serves SageMaker's operations, with tags and Search over the jobs too.
    SageMakerClient[] operations(Jobs jobs) {
        SageMakerTags tagging =
                new SageMakerTags(
                        store,
                        tags,
                        List.of(
                                Taggable.of("model", models::arn),
                                Taggable.of("endpoint-config", configs::arn),
                                Taggable.of("model-package-group", groups::arn),
                                Taggable.of("model-package", packages::arn),
                                Taggable.of("training-job", jobs.training()::arn),
                                Taggable.of("processing-job", jobs.processing()::arn),
                                new Taggable(
                                        "endpoint",
                                        endpoints::arn,
                                        endpoints::checkTags,
                                        endpoints::tagsChanged)));
        Search search =
                new Search(
                        List.of(
                                new Search.View(ResourceType.MODEL, models::searchRecords),
                                new Search.View(ResourceType.ENDPOINT, endpoints::searchRecords),
                                new Search.View(
                                        ResourceType.MODEL_PACKAGE, packages::searchRecords),
                                new Search.View(
                                        ResourceType.MODEL_PACKAGE_GROUP, groups::searchRecords),
                                new Search.View(
                                        ResourceType.TRAINING_JOB,
                                        jobs.training()::searchRecords)));
        return new SageMakerClient[] {
            groups, packages, models, configs, endpoints, tagging, search
        };
    }

    /// Takes up the endpoints that an earlier life left.
    void start() {
        endpoints.start();
    }

    @Override
    public void close() {
        endpoints.close();
    }
}
