package io.dormouse.endpoint;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.DeleteEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointConfigSummary;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointConfigsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointConfigsResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;

/// Endpoint configurations: a model with its memory and concurrency, under a name. They are never
/// changed. The only writer of their records.
///
/// AWS page:
/// [CreateEndpointConfig](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html).
public final class EndpointConfigs implements SageMakerClient {
    private static final float WEIGHT = 1;

    private final Store store;
    private final Tags tags;
    private final InstantSource clock;
    private final Models models;
    private final Records<DescribeEndpointConfigResponse> configs;

    public EndpointConfigs(Store store, Tags tags, InstantSource clock, Models models) {
        this.store = store;
        this.tags = tags;
        this.clock = clock;
        this.models = models;
        this.configs =
                new Records<>(
                        store,
                        Resource.CONFIG.kind(),
                        Codec.shape(DescribeEndpointConfigResponse::builder));
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public CreateEndpointConfigResponse createEndpointConfig(CreateEndpointConfigRequest request) {
        String name = request.endpointConfigName();
        if (store.read(query -> arn(query, name)).isPresent()) {
            throw Resource.CONFIG.taken(name);
        }
        ServerlessRules.check(request);
        for (ProductionVariant variant : request.productionVariants()) {
            ServerlessRules.checkModel(models.required(variant.modelName()));
        }
        Map<String, String> given = TagList.toMap(request.tags());
        String arn = Resource.CONFIG.arn(name);
        Instant now = clock.instant();
        DescribeEndpointConfigResponse config =
                Shapes.like(DescribeEndpointConfigResponse.builder(), request)
                        .endpointConfigArn(arn)
                        .creationTime(now)
                        .enableNetworkIsolation(
                                Boolean.TRUE.equals(request.enableNetworkIsolation()))
                        .productionVariants(weighted(request.productionVariants()))
                        .build();
        store.write(tx -> {
            if (!configs.insert(tx, Entry.of(Resource.key(name), now, config))) {
                throw Resource.CONFIG.taken(name);
            }
            tags.put(tx, arn, given);
            Resource.CONFIG.tell(tx, arn, EventDetail.of(config, given).toString());
            return true;
        });
        return CreateEndpointConfigResponse.builder().endpointConfigArn(arn).build();
    }

    private static List<ProductionVariant> weighted(List<ProductionVariant> variants) {
        return variants.stream()
                .map(each ->
                        each.initialVariantWeight() == null
                                ? each.toBuilder().initialVariantWeight(WEIGHT).build()
                                : each)
                .toList();
    }

    @Override
    public DescribeEndpointConfigResponse describeEndpointConfig(
            DescribeEndpointConfigRequest request) {
        return required(request.endpointConfigName());
    }

    DescribeEndpointConfigResponse required(String name) {
        return configs.get(Resource.key(name))
                .map(Entry::body)
                .orElseThrow(() -> Resource.CONFIG.missing(name));
    }

    /// The ARN of the configuration of this name, where there is one.
    public Optional<String> arn(Query query, String name) {
        return configs.get(query, Resource.key(name))
                .map(entry -> entry.body().endpointConfigArn());
    }

    @Override
    public ListEndpointConfigsResponse listEndpointConfigs(ListEndpointConfigsRequest request) {
        Page<EndpointConfigSummary> page =
                configs.page(Listing.of(request))
                        .map(each ->
                                Shapes.like(EndpointConfigSummary.builder(), each.body()).build());
        return ListEndpointConfigsResponse.builder()
                .endpointConfigs(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeleteEndpointConfigResponse deleteEndpointConfig(DeleteEndpointConfigRequest request) {
        String key = Resource.key(request.endpointConfigName());
        return store.write(tx -> {
            DescribeEndpointConfigResponse config =
                    configs.get(tx, key)
                            .map(Entry::body)
                            .orElseThrow(
                                    () -> Resource.CONFIG.missing(request.endpointConfigName()));
            configs.delete(tx, key);
            tags.removeAll(tx, config.endpointConfigArn());
            Resource.CONFIG.tell(
                    tx, config.endpointConfigArn(), EventDetail.of(config, Map.of()).toString());
            return DeleteEndpointConfigResponse.builder().build();
        });
    }
}
