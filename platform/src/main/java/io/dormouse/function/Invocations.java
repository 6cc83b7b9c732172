package io.dormouse.function;

import io.dormouse.aws.Caller;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LogType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Invoke. Events and answers are whole JSON documents of at most 6 MB, as the runtime API has
/// them, so they are held in memory.
///
/// AWS page: [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
public final class Invocations implements LambdaClient {
    static final int EVENT_BYTES_MAX = 6_291_456;
    private static final int QUEUED_BYTES_MAX = 1_048_576;
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final byte[] NO_EVENT = "{}".getBytes(StandardCharsets.UTF_8);

    private final FunctionRecords records;
    private final Invoker invoker;
    private final EventQueue queue;

    Invocations(FunctionRecords records, Invoker invoker, EventQueue queue) {
        this.records = records;
        this.invoker = invoker;
        this.queue = queue;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public InvokeResponse invoke(InvokeRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        Function function = records.store.read(query -> records.resolved(query, name));
        InvocationType type =
                Optional.ofNullable(request.invocationType())
                        .orElse(InvocationType.REQUEST_RESPONSE);
        byte[] event = event(request.payload(), type);
        return switch (type) {
            case DRY_RUN -> answer(NO_CONTENT, function).build();
            case EVENT -> {
                queue.add(name, event);
                yield answer(ACCEPTED, function).build();
            }
            default -> whole(request, name, function, event);
        };
    }

    private static InvokeResponse.Builder answer(int status, Function function) {
        return InvokeResponse.builder()
                .statusCode(status)
                .executedVersion(status == OK ? function.version() : null)
                .payload(SdkBytes.fromByteArrayUnsafe(new byte[0]));
    }

    private InvokeResponse whole(
            InvokeRequest request, FunctionName name, Function function, byte[] event) {
        Invoker.Outcome outcome =
                invoker.invoke(
                        new Invoker.Call(
                                function, name.arn(), event, context(request.clientContext())));
        InvokeResponse.Builder answer =
                answer(OK, function).payload(SdkBytes.fromByteArrayUnsafe(outcome.payload()));
        outcome.error().ifPresent(answer::functionError);
        if (request.logType() == LogType.TAIL) {
            answer.logResult(outcome.log());
        }
        return answer.build();
    }

    private static byte[] event(@Nullable SdkBytes payload, InvocationType type) {
        byte[] event = payload == null ? new byte[0] : payload.asByteArrayUnsafe();
        if (event.length == 0) {
            return NO_EVENT;
        }
        int most = type == InvocationType.EVENT ? QUEUED_BYTES_MAX : EVENT_BYTES_MAX;
        if (event.length > most) {
            throw FunctionErrors.tooLarge(most);
        }
        try {
            JsonMapper.shared().readTree(event);
            return event;
        } catch (JacksonException e) {
            throw FunctionErrors.badContent(
                    "Could not parse request body into json: " + e.getOriginalMessage());
        }
    }

    private static Optional<String> context(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            String json = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
            return Optional.of(JsonMapper.shared().readTree(json).toString());
        } catch (IllegalArgumentException | JacksonException e) {
            throw FunctionErrors.badContent(
                    "Client context must be a valid Base64-encoded JSON object.");
        }
    }

    /// Invokes later, as `Event` does: for what tells functions.
    ///
    /// @param arn with its qualifier, where it has one
    void tell(String arn, String event, Caller caller) {
        caller.call(() ->
                invoke(
                        InvokeRequest.builder()
                                .functionName(arn)
                                .invocationType(InvocationType.EVENT)
                                .payload(SdkBytes.fromUtf8String(event))
                                .build()));
    }
}
