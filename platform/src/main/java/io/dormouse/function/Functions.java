package io.dormouse.function;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Tx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.CreateFunctionRequest;
import software.amazon.awssdk.services.lambda.model.CreateFunctionResponse;
import software.amazon.awssdk.services.lambda.model.DeleteFunctionRequest;
import software.amazon.awssdk.services.lambda.model.DeleteFunctionResponse;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionResponse;
import software.amazon.awssdk.services.lambda.model.ListFunctionsRequest;
import software.amazon.awssdk.services.lambda.model.ListFunctionsResponse;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionCodeRequest;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionCodeResponse;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionConfigurationRequest;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionConfigurationResponse;

/// Functions, as they can be changed. A function is `Active` and its change `Successful` with the
/// answer: what AWS does afterwards is done before.
///
/// AWS page:
/// [CreateFunction](https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html).
public final class Functions implements LambdaClient {
    private final FunctionRecords records;
    private final CodeStore code;
    private final FunctionGroups groups;
    private final Versions versions;
    private final InstantSource clock;

    Functions(
            FunctionRecords records,
            CodeStore code,
            FunctionGroups groups,
            Versions versions,
            InstantSource clock) {
        this.records = records;
        this.code = code;
        this.groups = groups;
        this.versions = versions;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public CreateFunctionResponse createFunction(CreateFunctionRequest request) {
        Instant now = clock.instant();
        FunctionConfiguration asked = Configurations.of(request, now);
        FunctionTags.check(request.tags());
        records.store.read(query -> requireNew(query, asked.functionName()));
        Function function;
        try (CodeStore.Code kept =
                code.keep(
                        request.code().zipFile(),
                        request.code().s3Bucket(),
                        request.code().s3Key(),
                        request.code().s3ObjectVersion())) {
            function = new Function(with(asked, kept), kept.digest(), Optional.empty());
            records.store.write(tx -> create(tx, function, request.tags(), now));
        }
        Function answer =
                Boolean.TRUE.equals(request.publish())
                        ? versions.publish(function.name(), Optional.empty())
                        : function;
        return Shapes.like(CreateFunctionResponse.builder(), answer.shape()).build();
    }

    private boolean requireNew(Query query, String name) {
        if (records.functions.get(query, name).isPresent()) {
            throw FunctionErrors.conflict("Function already exist: " + name);
        }
        return true;
    }

    private boolean create(Tx tx, Function function, Map<String, String> tags, Instant now) {
        requireNew(tx, function.name());
        records.tags.put(tx, function.shape().functionArn(), tags);
        return records.functions.insert(tx, Entry.of(function.name(), now, function));
    }

    private static FunctionConfiguration with(FunctionConfiguration shape, CodeStore.Code kept) {
        return shape.toBuilder().codeSha256(kept.sha256()).codeSize(kept.bytes()).build();
    }

    @Override
    public GetFunctionResponse getFunction(GetFunctionRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        return records.store.read(query -> {
            Function function = records.resolved(query, name);
            GetFunctionResponse.Builder answer =
                    GetFunctionResponse.builder()
                            .configuration(Versions.shown(function, name))
                            .code(c -> c.repositoryType("S3"));
            Map<String, String> tags = records.tags.of(query, function.arn());
            if (!tags.isEmpty()) {
                answer.tags(tags);
            }
            function.reserved()
                    .ifPresent(
                            most -> answer.concurrency(c -> c.reservedConcurrentExecutions(most)));
            return answer.build();
        });
    }

    @Override
    public GetFunctionConfigurationResponse getFunctionConfiguration(
            GetFunctionConfigurationRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        Function function = records.store.read(query -> records.resolved(query, name));
        return Shapes.like(
                        GetFunctionConfigurationResponse.builder(), Versions.shown(function, name))
                .build();
    }

    @Override
    public ListFunctionsResponse listFunctions(ListFunctionsRequest request) {
        Page<FunctionConfiguration> page =
                FunctionRecords.page(
                                records.functions,
                                Optional.empty(),
                                request.maxItems(),
                                request.marker())
                        .map(Function::shape);
        return ListFunctionsResponse.builder()
                .functions(page.items())
                .nextMarker(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public UpdateFunctionCodeResponse updateFunctionCode(UpdateFunctionCodeRequest request) {
        FunctionName name = FunctionName.of(request.functionName());
        Function before = records.store.read(query -> records.latest(query, name).body());
        requireRevision(before, request.revisionId());
        if (request.imageUri() != null) {
            throw FunctionErrors.unserved("ImageUri");
        }
        boolean dry = Boolean.TRUE.equals(request.dryRun());
        Function after;
        String digest;
        try (CodeStore.Code kept =
                code.keep(
                        request.zipFile(),
                        request.s3Bucket(),
                        request.s3Key(),
                        request.s3ObjectVersion())) {
            digest = kept.digest();
            after = dry ? before.with(with(before.shape(), kept)) : changed(name, request, kept);
        }
        List.of(before.code(), digest)
                .forEach(each -> groups.whenUnused(each, () -> forgetUnused(each)));
        Function answer =
                Boolean.TRUE.equals(request.publish()) && !dry
                        ? versions.publish(after.name(), Optional.empty())
                        : after;
        return Shapes.like(UpdateFunctionCodeResponse.builder(), answer.shape()).build();
    }

    private Function changed(
            FunctionName name, UpdateFunctionCodeRequest request, CodeStore.Code kept) {
        return change(
                name,
                request.revisionId(),
                (function, now) ->
                        new Function(
                                Configurations.changed(
                                        with(function.shape(), kept).toBuilder(), now),
                                kept.digest(),
                                function.reserved()));
    }

    @Override
    public UpdateFunctionConfigurationResponse updateFunctionConfiguration(
            UpdateFunctionConfigurationRequest request) {
        Function after =
                change(
                        FunctionName.of(request.functionName()),
                        request.revisionId(),
                        (function, now) ->
                                function.with(Configurations.of(function.shape(), request, now)));
        return Shapes.like(UpdateFunctionConfigurationResponse.builder(), after.shape()).build();
    }

    /// What a change makes of a function.
    private interface Change {
        Function of(Function before, Instant now);
    }

    private Function change(FunctionName name, @Nullable String revision, Change change) {
        Instant now = clock.instant();
        List<Function> both =
                records.store.write(tx -> {
                    Entry<Function> entry = records.latest(tx, name);
                    requireRevision(entry.body(), revision);
                    Function after = change.of(entry.body(), now);
                    records.functions.update(tx, entry.now("", now, after));
                    return List.of(entry.body(), after);
                });
        groups.forget(both.getFirst());
        return both.getLast();
    }

    static void requireRevision(Function function, @Nullable String revision) {
        if (revision != null && !revision.equals(function.shape().revisionId())) {
            throw FunctionErrors.anotherRevision();
        }
    }

    @Override
    public DeleteFunctionResponse deleteFunction(DeleteFunctionRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        List<Function> gone =
                name.qualifier().isPresent()
                        ? List.of(versions.delete(name))
                        : records.store.write(tx -> deleteAll(tx, name));
        gone.forEach(groups::forget);
        gone.stream()
                .map(Function::code)
                .distinct()
                .forEach(each -> groups.whenUnused(each, () -> forgetUnused(each)));
        return DeleteFunctionResponse.builder().build();
    }

    private List<Function> deleteAll(Tx tx, FunctionName name) {
        Function latest = records.latest(tx, name).body();
        List<Function> gone = new ArrayList<>(List.of(latest));
        records.functions.delete(tx, name.name());
        records.tags.removeAll(tx, latest.arn());
        records.versions.all(tx).stream()
                .filter(each -> each.parent().equals(name.name()))
                .forEach(each -> {
                    gone.add(each.body());
                    records.versions.delete(tx, each.name());
                });
        records.aliases.all(tx).stream()
                .filter(each -> each.parent().equals(name.name()))
                .forEach(each -> records.aliases.delete(tx, each.name()));
        records.urls.all(tx).stream()
                .filter(each -> each.parent().equals(name.name()))
                .forEach(each -> records.urls.delete(tx, each.name()));
        records.statements.all(tx).stream()
                .filter(each -> each.parent().split(":", -1)[0].equals(name.name()))
                .forEach(each -> records.statements.delete(tx, each.name()));
        return gone;
    }

    /// Removes packages that an earlier life did not come to remove, or to take in whole.
    void sweep() {
        try {
            code.removeUnfinished();
            code.digests().forEach(this::forgetUnused);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forgetUnused(String digest) {
        try {
            code.removeUnused(
                    digest, () -> records.store.read(query -> records.isUsed(query, digest)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
