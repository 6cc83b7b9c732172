package io.dormouse.function;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.ListVersionsByFunctionRequest;
import software.amazon.awssdk.services.lambda.model.ListVersionsByFunctionResponse;
import software.amazon.awssdk.services.lambda.model.PublishVersionRequest;
import software.amazon.awssdk.services.lambda.model.PublishVersionResponse;

/// Published versions of functions: as they were, for good.
///
/// AWS page:
/// [PublishVersion](https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html).
public final class Versions implements LambdaClient {
    private final FunctionRecords records;
    private final InstantSource clock;

    Versions(FunctionRecords records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// A function as it is shown to who asked for it by this name: with the qualifier in its ARN.
    static FunctionConfiguration shown(Function function, FunctionName name) {
        return name.qualifier().isEmpty()
                ? function.shape()
                : function.shape().toBuilder().functionArn(name.arn()).build();
    }

    @Override
    public PublishVersionResponse publishVersion(PublishVersionRequest request) {
        FunctionName name = FunctionName.of(request.functionName());
        Function latest = records.store.read(query -> records.latest(query, name).body());
        Functions.requireRevision(latest, request.revisionId());
        if (request.codeSha256() != null
                && !request.codeSha256().equals(latest.shape().codeSha256())) {
            throw FunctionErrors.invalid(
                    "CodeSHA256 ("
                            + request.codeSha256()
                            + ") is different from current CodeSHA256 in $LATEST ("
                            + latest.shape().codeSha256()
                            + "). Please try again with the CodeSHA256 in $LATEST.");
        }
        Function version = publish(name.name(), Optional.ofNullable(request.description()));
        return Shapes.like(PublishVersionResponse.builder(), version.shape()).build();
    }

    /// Publishes `$LATEST`; where it has not changed since the last version, that one is it.
    Function publish(String name, Optional<String> description) {
        Instant now = clock.instant();
        return records.store.write(tx -> publish(tx, name, description, now));
    }

    private Function publish(Tx tx, String name, Optional<String> description, Instant now) {
        Function latest = records.latest(tx, new FunctionName(name, Optional.empty())).body();
        List<Function> before = all(tx, name);
        if (!before.isEmpty() && isSame(before.getLast(), latest)) {
            return before.getLast();
        }
        int number = before.isEmpty() ? 1 : Integer.parseInt(before.getLast().version()) + 1;
        FunctionConfiguration.Builder shape =
                latest.shape().toBuilder()
                        .version(Integer.toString(number))
                        .functionArn(latest.shape().functionArn() + ":" + number)
                        .revisionId(java.util.UUID.randomUUID().toString());
        description.ifPresent(shape::description);
        Function version = new Function(shape.build(), latest.code(), Optional.empty());
        records.versions.insert(tx, Entry.of(name + ":" + number, now, version).within(name));
        return version;
    }

    private List<Function> all(io.dormouse.store.Query query, String name) {
        return records.versions.all(query).stream()
                .filter(each -> each.parent().equals(name))
                .map(Entry::body)
                .sorted(java.util.Comparator.comparingInt(each -> Integer.parseInt(each.version())))
                .toList();
    }

    /// Whether but for what names them they are the same.
    private static boolean isSame(Function version, Function latest) {
        FunctionConfiguration.Builder shape =
                latest.shape().toBuilder()
                        .version(version.version())
                        .functionArn(version.shape().functionArn())
                        .description(version.shape().description())
                        .revisionId(version.shape().revisionId());
        return shape.build().equals(version.shape()) && version.code().equals(latest.code());
    }

    @Override
    public ListVersionsByFunctionResponse listVersionsByFunction(
            ListVersionsByFunctionRequest request) {
        FunctionName name = FunctionName.of(request.functionName());
        Function latest = records.store.read(query -> records.latest(query, name).body());
        Page<FunctionConfiguration> page =
                FunctionRecords.page(
                                records.versions,
                                Optional.of(name.name()),
                                request.maxItems(),
                                request.marker())
                        .map(Function::shape);
        List<FunctionConfiguration> all = new ArrayList<>();
        if (request.marker() == null) {
            all.add(
                    latest.shape().toBuilder()
                            .functionArn(name.bareArn() + ":" + FunctionName.LATEST)
                            .build());
        }
        all.addAll(page.items());
        return ListVersionsByFunctionResponse.builder()
                .versions(all)
                .nextMarker(page.nextToken().orElse(null))
                .build();
    }

    /// Removes a version that no alias names.
    ///
    /// @return what it was
    Function delete(FunctionName name) {
        String version = name.qualifier().orElse(FunctionName.LATEST);
        if (version.equals(FunctionName.LATEST)) {
            throw FunctionErrors.invalid(
                    "$LATEST version cannot be deleted without deleting the function.");
        }
        return records.store.write(tx -> {
            boolean named =
                    records.aliases.all(tx).stream()
                            .anyMatch(each ->
                                    each.parent().equals(name.name())
                                            && each.body().functionVersion().equals(version));
            if (named) {
                throw FunctionErrors.conflict(
                        "Version " + version + " is referenced by an alias: delete that first.");
            }
            Function gone = records.resolved(tx, name);
            records.versions.delete(tx, FunctionRecords.key(name));
            return gone;
        });
    }
}
