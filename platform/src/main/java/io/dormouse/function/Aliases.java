package io.dormouse.function;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.AliasConfiguration;
import software.amazon.awssdk.services.lambda.model.AliasRoutingConfiguration;
import software.amazon.awssdk.services.lambda.model.CreateAliasRequest;
import software.amazon.awssdk.services.lambda.model.CreateAliasResponse;
import software.amazon.awssdk.services.lambda.model.DeleteAliasRequest;
import software.amazon.awssdk.services.lambda.model.DeleteAliasResponse;
import software.amazon.awssdk.services.lambda.model.GetAliasRequest;
import software.amazon.awssdk.services.lambda.model.GetAliasResponse;
import software.amazon.awssdk.services.lambda.model.ListAliasesRequest;
import software.amazon.awssdk.services.lambda.model.ListAliasesResponse;
import software.amazon.awssdk.services.lambda.model.UpdateAliasRequest;
import software.amazon.awssdk.services.lambda.model.UpdateAliasResponse;

/// Names that stand for a version of a function, and can be moved to another.
///
/// AWS page: [CreateAlias](https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html).
public final class Aliases implements LambdaClient {
    private final FunctionRecords records;
    private final InstantSource clock;

    Aliases(FunctionRecords records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    private static FunctionName named(String function, String alias) {
        return new FunctionName(FunctionName.of(function).name(), Optional.of(alias));
    }

    private void requireVersion(Query query, FunctionName alias, String version) {
        records.latest(query, alias);
        if (!version.equals(FunctionName.LATEST)
                && records.versions.get(query, alias.name() + ":" + version).isEmpty()) {
            throw FunctionErrors.noFunction(alias.bareArn() + ":" + version);
        }
    }

    private static void refuse(@Nullable AliasRoutingConfiguration routing) {
        if (routing != null && !routing.additionalVersionWeights().isEmpty()) {
            throw FunctionErrors.unserved("RoutingConfig");
        }
    }

    private Entry<AliasConfiguration> required(Query query, FunctionName name) {
        return records.aliases
                .get(query, FunctionRecords.key(name))
                .orElseThrow(() -> FunctionErrors.notFound("Cannot find alias arn: " + name.arn()));
    }

    @Override
    public CreateAliasResponse createAlias(CreateAliasRequest request) {
        refuse(request.routingConfig());
        if (request.name().matches("[0-9]+")) {
            throw FunctionErrors.invalid("An alias must not be a number: " + request.name());
        }
        FunctionName name = named(request.functionName(), request.name());
        AliasConfiguration alias =
                AliasConfiguration.builder()
                        .aliasArn(name.arn())
                        .name(request.name())
                        .functionVersion(request.functionVersion())
                        .description(Optional.ofNullable(request.description()).orElse(""))
                        .revisionId(UUID.randomUUID().toString())
                        .build();
        records.store.write(tx -> {
            requireVersion(tx, name, request.functionVersion());
            Entry<AliasConfiguration> entry =
                    Entry.of(FunctionRecords.key(name), clock.instant(), alias).within(name.name());
            if (!records.aliases.insert(tx, entry)) {
                throw FunctionErrors.conflict("Alias already exists: " + name.arn());
            }
            return true;
        });
        return Shapes.like(CreateAliasResponse.builder(), alias).build();
    }

    @Override
    public GetAliasResponse getAlias(GetAliasRequest request) {
        FunctionName name = named(request.functionName(), request.name());
        AliasConfiguration alias = records.store.read(query -> required(query, name).body());
        return Shapes.like(GetAliasResponse.builder(), alias).build();
    }

    @Override
    public ListAliasesResponse listAliases(ListAliasesRequest request) {
        FunctionName name = FunctionName.of(request.functionName());
        records.store.read(query -> records.latest(query, name));
        Page<AliasConfiguration> page =
                FunctionRecords.page(
                        records.aliases,
                        Optional.of(name.name()),
                        request.maxItems(),
                        request.marker());
        return ListAliasesResponse.builder()
                .aliases(
                        page.items().stream()
                                .filter(each ->
                                        request.functionVersion() == null
                                                || request.functionVersion()
                                                        .equals(each.functionVersion()))
                                .toList())
                .nextMarker(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public UpdateAliasResponse updateAlias(UpdateAliasRequest request) {
        refuse(request.routingConfig());
        FunctionName name = named(request.functionName(), request.name());
        AliasConfiguration after =
                records.store.write(tx -> {
                    Entry<AliasConfiguration> entry = required(tx, name);
                    AliasConfiguration before = entry.body();
                    if (request.revisionId() != null
                            && !request.revisionId().equals(before.revisionId())) {
                        throw FunctionErrors.anotherRevision();
                    }
                    AliasConfiguration.Builder alias =
                            before.toBuilder().revisionId(UUID.randomUUID().toString());
                    if (request.functionVersion() != null) {
                        requireVersion(tx, name, request.functionVersion());
                        alias.functionVersion(request.functionVersion());
                    }
                    Optional.ofNullable(request.description()).ifPresent(alias::description);
                    AliasConfiguration changed = alias.build();
                    records.aliases.update(tx, entry.now("", clock.instant(), changed));
                    return changed;
                });
        return Shapes.like(UpdateAliasResponse.builder(), after).build();
    }

    @Override
    public DeleteAliasResponse deleteAlias(DeleteAliasRequest request) {
        FunctionName name = named(request.functionName(), request.name());
        records.store.write(tx -> {
            records.latest(tx, name);
            records.urls.delete(tx, FunctionRecords.key(name));
            records.removeStatements(tx, FunctionRecords.key(name));
            return records.aliases.delete(tx, FunctionRecords.key(name));
        });
        return DeleteAliasResponse.builder().build();
    }
}
