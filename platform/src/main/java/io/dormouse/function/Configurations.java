package io.dormouse.function;

import io.dormouse.aws.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.model.Architecture;
import software.amazon.awssdk.services.lambda.model.CreateFunctionRequest;
import software.amazon.awssdk.services.lambda.model.Environment;
import software.amazon.awssdk.services.lambda.model.EnvironmentResponse;
import software.amazon.awssdk.services.lambda.model.EphemeralStorage;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.LogFormat;
import software.amazon.awssdk.services.lambda.model.LoggingConfig;
import software.amazon.awssdk.services.lambda.model.PackageType;
import software.amazon.awssdk.services.lambda.model.SnapStartApplyOn;
import software.amazon.awssdk.services.lambda.model.SnapStartOptimizationStatus;
import software.amazon.awssdk.services.lambda.model.State;
import software.amazon.awssdk.services.lambda.model.TracingConfig;
import software.amazon.awssdk.services.lambda.model.TracingMode;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionConfigurationRequest;

/// Configurations of functions as requests ask for them, held to Lambda's rules. What would be
/// another thing here than on AWS is refused rather than ignored.
final class Configurations {
    static final int STORAGE_MB = 512;

    private static final int ENVIRONMENT_BYTES_MAX = 4096;
    private static final int TIMEOUT_SECONDS_MAX = 900;
    private static final int MEMORY_MB_MIN = 128;
    private static final int MEMORY_MB_MAX = 10_240;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'+0000'")
                    .withZone(ZoneOffset.UTC);

    /// What AWS keeps for itself.
    private static final Set<String> RESERVED =
            Set.of(
                    "_HANDLER",
                    "_X_AMZN_TRACE_ID",
                    "AWS_DEFAULT_REGION",
                    "AWS_REGION",
                    "AWS_EXECUTION_ENV",
                    "AWS_LAMBDA_FUNCTION_NAME",
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                    "AWS_LAMBDA_FUNCTION_VERSION",
                    "AWS_LAMBDA_INITIALIZATION_TYPE",
                    "AWS_LAMBDA_LOG_GROUP_NAME",
                    "AWS_LAMBDA_LOG_STREAM_NAME",
                    "AWS_ACCESS_KEY",
                    "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY",
                    "AWS_SESSION_TOKEN",
                    "AWS_LAMBDA_RUNTIME_API",
                    "LAMBDA_TASK_ROOT",
                    "LAMBDA_RUNTIME_DIR");

    private Configurations() {}

    /// A new function's, without its code.
    static FunctionConfiguration of(CreateFunctionRequest request, Instant now) {
        if (request.packageType() == PackageType.IMAGE) {
            throw FunctionErrors.unserved("PackageType Image");
        }
        refuse(request);
        FunctionConfiguration.Builder shape =
                FunctionConfiguration.builder()
                        .functionName(FunctionName.of(request.functionName()).name())
                        .functionArn(FunctionName.of(request.functionName()).bareArn())
                        .version(FunctionName.LATEST)
                        .packageType(PackageType.ZIP)
                        .role(request.role())
                        .runtime(request.runtimeAsString())
                        .handler(request.handler())
                        .description(Optional.ofNullable(request.description()).orElse(""))
                        .timeout(Optional.ofNullable(request.timeout()).orElse(3))
                        .memorySize(Optional.ofNullable(request.memorySize()).orElse(MEMORY_MB_MIN))
                        .architectures(
                                request.architectures().isEmpty()
                                        ? List.of(Architecture.X86_64)
                                        : request.architectures())
                        .ephemeralStorage(e -> e.size(STORAGE_MB))
                        .snapStart(s ->
                                s.applyOn(SnapStartApplyOn.NONE)
                                        .optimizationStatus(SnapStartOptimizationStatus.OFF))
                        .tracingConfig(t -> t.mode(mode(request.tracingConfig())))
                        .loggingConfig(logging(request.loggingConfig(), request.functionName()))
                        .state(State.ACTIVE);
        environment(request.environment()).ifPresent(shape::environment);
        FunctionConfiguration made = changed(shape, now);
        check(made);
        return made;
    }

    /// The same function's, changed.
    static FunctionConfiguration of(
            FunctionConfiguration before, UpdateFunctionConfigurationRequest request, Instant now) {
        refuse(request);
        FunctionConfiguration.Builder shape = before.toBuilder();
        Optional.ofNullable(request.role()).ifPresent(shape::role);
        Optional.ofNullable(request.runtimeAsString()).ifPresent(shape::runtime);
        Optional.ofNullable(request.handler()).ifPresent(shape::handler);
        Optional.ofNullable(request.description()).ifPresent(shape::description);
        Optional.ofNullable(request.timeout()).ifPresent(shape::timeout);
        Optional.ofNullable(request.memorySize()).ifPresent(shape::memorySize);
        Optional.ofNullable(request.tracingConfig())
                .ifPresent(config -> shape.tracingConfig(t -> t.mode(mode(config))));
        Optional.ofNullable(request.loggingConfig())
                .ifPresent(config -> shape.loggingConfig(logging(config, before.functionName())));
        if (request.environment() != null) {
            shape.environment(environment(request.environment()).orElse(null));
        }
        FunctionConfiguration made = changed(shape, now);
        check(made);
        return made;
    }

    /// A change that is done: nothing here takes its time after the answer.
    static FunctionConfiguration changed(FunctionConfiguration.Builder shape, Instant now) {
        return shape.lastModified(TIME.format(now))
                .revisionId(UUID.randomUUID().toString())
                .lastUpdateStatus(LastUpdateStatus.SUCCESSFUL)
                .build();
    }

    private static TracingMode mode(@Nullable TracingConfig config) {
        return config == null || config.mode() == null ? TracingMode.PASS_THROUGH : config.mode();
    }

    private static LoggingConfig logging(@Nullable LoggingConfig config, String name) {
        if (config != null && config.logFormat() == LogFormat.JSON) {
            throw FunctionErrors.unserved("LogFormat JSON");
        }
        Optional<String> group = Optional.ofNullable(config).map(LoggingConfig::logGroup);
        return LoggingConfig.builder()
                .logFormat(LogFormat.TEXT)
                .logGroup(group.orElse("/aws/lambda/" + FunctionName.of(name).name()))
                .build();
    }

    private static Optional<EnvironmentResponse> environment(@Nullable Environment given) {
        if (given == null || given.variables().isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> variables = given.variables();
        Set<String> reserved = new TreeSet<>(variables.keySet());
        reserved.retainAll(RESERVED);
        if (!reserved.isEmpty()) {
            throw FunctionErrors.invalid(
                    "Lambda was unable to configure your environment variables because the"
                            + " environment variables you have provided contains reserved keys that"
                            + " are currently not supported for modification. Reserved keys used in"
                            + " this request: "
                            + String.join(", ", reserved));
        }
        int bytes =
                variables.entrySet().stream()
                        .mapToInt(each -> utf8(each.getKey()) + utf8(each.getValue()))
                        .sum();
        if (bytes > ENVIRONMENT_BYTES_MAX) {
            throw FunctionErrors.invalid(
                    "Lambda was unable to configure your environment variables because the"
                            + " environment variables you have provided exceeded the 4KB limit.");
        }
        return Optional.of(EnvironmentResponse.builder().variables(variables).build());
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void check(FunctionConfiguration shape) {
        if (shape.runtimeAsString() == null || shape.handler() == null) {
            throw FunctionErrors.invalid(
                    "Runtime and Handler are mandatory parameters for functions created with"
                            + " deployment packages.");
        }
        if (!Runtimes.isServed(shape.runtimeAsString())) {
            throw FunctionErrors.unserved("Runtime " + shape.runtimeAsString());
        }
        within("timeout", shape.timeout(), 1, TIMEOUT_SECONDS_MAX);
        within("memorySize", shape.memorySize(), MEMORY_MB_MIN, MEMORY_MB_MAX);
        if (!shape.role().contains("::" + Caller.current().account() + ":")) {
            throw FunctionErrors.invalid(
                    "Cross-account pass role is not allowed: Role must be one of this account's.");
        }
    }

    private static void within(String member, int value, int min, int max) {
        if (value < min || value > max) {
            boolean low = value < min;
            throw FunctionErrors.invalid(
                    "'"
                            + member
                            + "' value failed to satisfy constraint: Member must have value "
                            + (low ? "greater" : "less")
                            + " than or equal to "
                            + (low ? min : max));
        }
    }

    private static void refuse(CreateFunctionRequest request) {
        refuse("Layers", !request.layers().isEmpty());
        refuse("FileSystemConfigs", !request.fileSystemConfigs().isEmpty());
        refuse(
                "VpcConfig",
                request.vpcConfig() != null && !request.vpcConfig().subnetIds().isEmpty());
        refuse("KMSKeyArn", isGiven(request.kmsKeyArn()));
        refuse("CodeSigningConfigArn", isGiven(request.codeSigningConfigArn()));
        refuse("CapacityProviderConfig", request.capacityProviderConfig() != null);
        refuse("DurableConfig", request.durableConfig() != null);
        refuse("TenancyConfig", request.tenancyConfig() != null);
        refuse(
                "DeadLetterConfig",
                request.deadLetterConfig() != null
                        && isGiven(request.deadLetterConfig().targetArn()));
        refuse(
                "SnapStart",
                request.snapStart() != null
                        && request.snapStart().applyOn() == SnapStartApplyOn.PUBLISHED_VERSIONS);
        refuse(request.ephemeralStorage());
    }

    private static void refuse(UpdateFunctionConfigurationRequest request) {
        refuse("Layers", !request.layers().isEmpty());
        refuse("FileSystemConfigs", !request.fileSystemConfigs().isEmpty());
        refuse(
                "VpcConfig",
                request.vpcConfig() != null && !request.vpcConfig().subnetIds().isEmpty());
        refuse("CapacityProviderConfig", request.capacityProviderConfig() != null);
        refuse("DurableConfig", request.durableConfig() != null);
        refuse("KMSKeyArn", isGiven(request.kmsKeyArn()));
        refuse(
                "DeadLetterConfig",
                request.deadLetterConfig() != null
                        && isGiven(request.deadLetterConfig().targetArn()));
        refuse(
                "SnapStart",
                request.snapStart() != null
                        && request.snapStart().applyOn() == SnapStartApplyOn.PUBLISHED_VERSIONS);
        refuse(request.ephemeralStorage());
    }

    private static void refuse(@Nullable EphemeralStorage storage) {
        refuse("EphemeralStorage above 512", storage != null && storage.size() > STORAGE_MB);
    }

    private static boolean isGiven(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private static void refuse(String what, boolean given) {
        if (given) {
            throw FunctionErrors.unserved(what);
        }
    }
}
