package io.dormouse.endpoint;

import io.dormouse.artifact.Retention;
import io.dormouse.aws.AwsError;
import io.dormouse.aws.EventDetail;
import io.dormouse.aws.Shapes;
import io.dormouse.aws.TagList;
import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.CreateModelRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateModelResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteModelResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.ListModelsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListModelsResponse;
import software.amazon.awssdk.services.sagemaker.model.Model;
import software.amazon.awssdk.services.sagemaker.model.ModelDashboardModel;
import software.amazon.awssdk.services.sagemaker.model.ModelSummary;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;

/// Models: an image and an artifact, under a name. The only writer of their records.
///
/// AWS page:
/// [CreateModel](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html).
public final class Models implements SageMakerClient, Retention {
    private final Store store;
    private final Tags tags;
    private final InstantSource clock;
    private final Containers containers;
    private final Records<DescribeModelResponse> models;

    /// @param containers completes and checks container definitions
    public Models(Store store, Tags tags, InstantSource clock, Containers containers) {
        this.store = store;
        this.tags = tags;
        this.clock = clock;
        this.containers = containers;
        this.models =
                new Records<>(
                        store, Resource.MODEL.kind(), Codec.shape(DescribeModelResponse::builder));
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// A model needs its artifact for as long as it exists: an endpoint can be made of it.
    @Override
    public Map<String, String> needed(Query query) {
        Map<String, String> needed = new LinkedHashMap<>();
        for (Entry<DescribeModelResponse> entry : models.all(query)) {
            DescribeModelResponse model = entry.body();
            List<ContainerDefinition> containers =
                    model.primaryContainer() == null
                            ? model.containers()
                            : List.of(model.primaryContainer());
            for (ContainerDefinition container : containers) {
                Containers.artifact(container)
                        .ifPresent(
                                uri -> needed.put(uri, "model " + model.modelName() + " uses it"));
            }
        }
        return needed;
    }

    @Override
    public CreateModelResponse createModel(CreateModelRequest request) {
        if (exists(request.modelName())) {
            throw Resource.MODEL.taken(request.modelName());
        }
        Map<String, String> given = TagList.toMap(request.tags());
        String arn = Resource.MODEL.arn(request.modelName());
        Instant now = clock.instant();
        DescribeModelResponse model = complete(request, arn, now);
        String key = Resource.key(request.modelName());
        store.write(tx -> {
            if (!models.insert(tx, Entry.of(key, now, model))) {
                throw Resource.MODEL.taken(request.modelName());
            }
            tags.put(tx, arn, given);
            Resource.MODEL.tell(tx, model.modelArn(), EventDetail.of(model, given).toString());
            return true;
        });
        return CreateModelResponse.builder().modelArn(arn).build();
    }

    private DescribeModelResponse complete(CreateModelRequest request, String arn, Instant now) {
        boolean primary = request.primaryContainer() != null;
        boolean several = request.hasContainers() && !request.containers().isEmpty();
        if (primary == several) {
            throw AwsError.VALIDATION.of(
                    "Must specify either Container definitions or a primary container definition"
                            + " when creating a model: give PrimaryContainer or Containers, one of"
                            + " them.");
        }
        String role = Optional.ofNullable(request.executionRoleArn()).orElse("");
        DescribeModelResponse.Builder model =
                Shapes.like(DescribeModelResponse.builder(), request)
                        .modelArn(arn)
                        .creationTime(now)
                        .enableNetworkIsolation(
                                Boolean.TRUE.equals(request.enableNetworkIsolation()));
        if (primary) {
            return model.primaryContainer(containers.complete(request.primaryContainer(), role))
                    .build();
        }
        List<ContainerDefinition> all =
                request.containers().stream().map(each -> containers.complete(each, role)).toList();
        return model.containers(all).build();
    }

    private boolean exists(String name) {
        return models.get(Resource.key(name)).isPresent();
    }

    /// The ARN of the model of this name, where there is one.
    public Optional<String> arn(Query query, String name) {
        return models.get(query, Resource.key(name)).map(entry -> entry.body().modelArn());
    }

    @Override
    public DescribeModelResponse describeModel(DescribeModelRequest request) {
        return required(request.modelName());
    }

    DescribeModelResponse required(String name) {
        return models.get(Resource.key(name))
                .map(Entry::body)
                .orElseThrow(() -> Resource.MODEL.missing(name));
    }

    @Override
    public ListModelsResponse listModels(ListModelsRequest request) {
        Page<ModelSummary> page =
                models.page(Listing.of(request))
                        .map(each -> Shapes.like(ModelSummary.builder(), each.body()).build());
        return ListModelsResponse.builder()
                .models(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeleteModelResponse deleteModel(DeleteModelRequest request) {
        String key = Resource.key(request.modelName());
        return store.write(tx -> {
            DescribeModelResponse model =
                    models.get(tx, key)
                            .map(Entry::body)
                            .orElseThrow(() -> Resource.MODEL.missing(request.modelName()));
            models.delete(tx, key);
            tags.removeAll(tx, model.modelArn());
            Resource.MODEL.tell(tx, model.modelArn(), EventDetail.of(model, Map.of()).toString());
            return DeleteModelResponse.builder().build();
        });
    }

    /// Every model, as Search shows it.
    public List<SearchRecord> searchRecords() {
        return models.all().stream().map(each -> searchRecord(each.body())).toList();
    }

    private SearchRecord searchRecord(DescribeModelResponse model) {
        Model shown =
                Shapes.like(Model.builder(), model)
                        .tags(TagList.of(tags.of(model.modelArn())))
                        .build();
        return SearchRecord.builder()
                .model(ModelDashboardModel.builder().model(shown).build())
                .build();
    }
}
