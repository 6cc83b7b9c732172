package io.dormouse.function;

import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.Cors;
import software.amazon.awssdk.services.lambda.model.CreateFunctionUrlConfigRequest;
import software.amazon.awssdk.services.lambda.model.CreateFunctionUrlConfigResponse;
import software.amazon.awssdk.services.lambda.model.DeleteFunctionUrlConfigRequest;
import software.amazon.awssdk.services.lambda.model.DeleteFunctionUrlConfigResponse;
import software.amazon.awssdk.services.lambda.model.FunctionUrlAuthType;
import software.amazon.awssdk.services.lambda.model.FunctionUrlConfig;
import software.amazon.awssdk.services.lambda.model.GetFunctionUrlConfigRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionUrlConfigResponse;
import software.amazon.awssdk.services.lambda.model.InvokeMode;
import software.amazon.awssdk.services.lambda.model.ListFunctionUrlConfigsRequest;
import software.amazon.awssdk.services.lambda.model.ListFunctionUrlConfigsResponse;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionUrlConfigRequest;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionUrlConfigResponse;

/// The URLs of functions: one for a function, one for each of its aliases.
///
/// AWS page:
/// [CreateFunctionUrlConfig](https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html).
public final class FunctionUrls implements LambdaClient {
    private static final String HOST = ".lambda-url.";
    private static final int ID_LENGTH = 32;

    private final FunctionRecords records;
    private final InstantSource clock;
    private final Supplier<URI> here;

    /// @param here where the platform answers
    FunctionUrls(FunctionRecords records, InstantSource clock, Supplier<URI> here) {
        this.records = records;
        this.clock = clock;
        this.here = here;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// The first label of a URL's host: the same for the same function, whenever it is made.
    static String id(FunctionName name) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.arn().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, ID_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Whether a `Host` is that of a function URL.
    static boolean isHost(String host) {
        return host.startsWith(HOST, ID_LENGTH);
    }

    private static String region(FunctionUrlConfig config) {
        return config.functionArn().split(":", -1)[3];
    }

    private FunctionUrlConfig shown(FunctionUrlConfig config) {
        String url =
                "http://"
                        + config.functionUrl()
                        + HOST
                        + region(config)
                        + ".localhost:"
                        + here.get().getPort()
                        + "/";
        return config.toBuilder().functionUrl(url).build();
    }

    private static FunctionName named(String name, @Nullable String qualifier) {
        FunctionName named = FunctionName.of(name, qualifier);
        named.qualifier()
                .filter(each -> each.equals(FunctionName.LATEST) || each.matches("[0-9]+"))
                .ifPresent(_ -> {
                    throw FunctionErrors.invalid(
                            "A function URL is that of a function or of an alias, not of a version");
                });
        return named;
    }

    @Override
    public CreateFunctionUrlConfigResponse createFunctionUrlConfig(
            CreateFunctionUrlConfigRequest request) {
        FunctionName name = named(request.functionName(), request.qualifier());
        check(request.invokeMode());
        String now = clock.instant().toString();
        FunctionUrlConfig config =
                FunctionUrlConfig.builder()
                        .functionUrl(id(name))
                        .functionArn(name.arn())
                        .authType(request.authType())
                        .cors(request.cors())
                        .invokeMode(InvokeMode.BUFFERED)
                        .creationTime(now)
                        .lastModifiedTime(now)
                        .build();
        records.store.write(tx -> {
            records.resolved(tx, name);
            Entry<FunctionUrlConfig> entry =
                    Entry.of(FunctionRecords.key(name), clock.instant(), config)
                            .within(name.name());
            if (!records.urls.insert(tx, entry)) {
                throw FunctionErrors.conflict(
                        "Failed to create function url config for [functionArn = "
                                + name.arn()
                                + "]. Error message:  FunctionUrlConfig exists for this Lambda"
                                + " function");
            }
            return true;
        });
        return Shapes.like(CreateFunctionUrlConfigResponse.builder(), shown(config)).build();
    }

    private static void check(@Nullable InvokeMode mode) {
        if (mode == InvokeMode.RESPONSE_STREAM) {
            throw FunctionErrors.unserved("InvokeMode RESPONSE_STREAM");
        }
    }

    private Entry<FunctionUrlConfig> required(io.dormouse.store.Query query, FunctionName name) {
        records.latest(query, name);
        return records.urls
                .get(query, FunctionRecords.key(name))
                .orElseThrow(() ->
                        FunctionErrors.notFound("The resource you requested does not exist."));
    }

    @Override
    public GetFunctionUrlConfigResponse getFunctionUrlConfig(GetFunctionUrlConfigRequest request) {
        FunctionName name = named(request.functionName(), request.qualifier());
        FunctionUrlConfig config = records.store.read(query -> required(query, name).body());
        return Shapes.like(GetFunctionUrlConfigResponse.builder(), shown(config)).build();
    }

    @Override
    public UpdateFunctionUrlConfigResponse updateFunctionUrlConfig(
            UpdateFunctionUrlConfigRequest request) {
        FunctionName name = named(request.functionName(), request.qualifier());
        check(request.invokeMode());
        Instant now = clock.instant();
        FunctionUrlConfig after =
                records.store.write(tx -> {
                    Entry<FunctionUrlConfig> entry = required(tx, name);
                    Optional<FunctionUrlAuthType> auth = Optional.ofNullable(request.authType());
                    Optional<Cors> cors = Optional.ofNullable(request.cors());
                    FunctionUrlConfig config =
                            entry.body().toBuilder()
                                    .authType(auth.orElse(entry.body().authType()))
                                    .cors(cors.orElse(entry.body().cors()))
                                    .lastModifiedTime(now.toString())
                                    .build();
                    records.urls.update(tx, entry.now("", now, config));
                    return config;
                });
        return Shapes.like(UpdateFunctionUrlConfigResponse.builder(), shown(after)).build();
    }

    @Override
    public DeleteFunctionUrlConfigResponse deleteFunctionUrlConfig(
            DeleteFunctionUrlConfigRequest request) {
        FunctionName name = named(request.functionName(), request.qualifier());
        records.store.write(tx -> {
            required(tx, name);
            return records.urls.delete(tx, FunctionRecords.key(name));
        });
        return DeleteFunctionUrlConfigResponse.builder().build();
    }

    @Override
    public ListFunctionUrlConfigsResponse listFunctionUrlConfigs(
            ListFunctionUrlConfigsRequest request) {
        FunctionName name = FunctionName.of(request.functionName());
        records.store.read(query -> records.latest(query, name));
        Page<FunctionUrlConfig> page =
                FunctionRecords.page(
                                records.urls,
                                Optional.of(name.name()),
                                request.maxItems(),
                                request.marker())
                        .map(this::shown);
        return ListFunctionUrlConfigsResponse.builder()
                .functionUrlConfigs(page.items())
                .nextMarker(page.nextToken().orElse(null))
                .build();
    }

    /// The URL whose id this is.
    Optional<FunctionUrlConfig> byId(String id, String region) {
        return records.urls.all().stream()
                .map(Entry::body)
                .filter(each -> each.functionUrl().equals(id) && region(each).equals(region))
                .findFirst();
    }

    /// The function or alias that a URL is of.
    static FunctionName name(FunctionUrlConfig config) {
        String[] parts = config.functionArn().split(":", -1);
        return new FunctionName(
                parts[6], parts.length > 7 ? Optional.of(parts[7]) : Optional.empty());
    }

    /// In whose name a URL's function is looked up: in the region that it was made in.
    static Caller caller(Caller owner, FunctionUrlConfig config) {
        return new Caller(owner.account(), region(config), "", owner.arn());
    }
}
