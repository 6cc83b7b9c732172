package io.dormouse.wire;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Malformed;
import io.dormouse.aws.Shapes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.PayloadTrait;
import software.amazon.awssdk.utils.builder.Buildable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// restJson1: members bound to path, query, headers and body of an HTTP request.
///
/// @see <a href="https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html">restJson1</a>
final class RestJsonCodec implements Codec {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String CONTENT_TYPE = "application/json";

    @Override
    public void read(SdkPojo builder, Message message) {
        Map<String, List<String>> query = queryOf(message.exchange());
        boolean isBodyBound = false;
        for (SdkField<?> field : builder.sdkFields()) {
            if (field.containsTrait(PayloadTrait.class)) {
                isBodyBound = true;
                payload(builder, field, message.body());
            } else if (field.location() != MarshallLocation.PAYLOAD) {
                bound(builder, field, texts(field, message, query));
            }
        }
        if (!isBodyBound) {
            Shapes.fill(builder, JsonCodec.object(JsonCodec.MAPPER, message.body()));
        }
    }

    private static Map<String, List<String>> queryOf(Exchange exchange) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        Form.pairs(
                exchange.query(),
                (name, value) -> query.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        return query;
    }

    private static void payload(SdkPojo builder, SdkField<?> field, byte[] body) {
        if (field.marshallingType().equals(MarshallingType.SDK_BYTES)) {
            field.set(builder, SdkBytes.fromByteArrayUnsafe(body));
        } else if (field.marshallingType().equals(MarshallingType.STRING)) {
            field.set(builder, new String(body, StandardCharsets.UTF_8));
        } else if (body.length > 0) {
            SdkPojo shape = field.constructor().get();
            Shapes.fill(shape, JsonCodec.object(JsonCodec.MAPPER, body));
            field.set(builder, ((Buildable) shape).build());
        }
    }

    private static List<String> texts(
            SdkField<?> field, Message message, Map<String, List<String>> query) {
        String name = field.locationName();
        return switch (field.location()) {
            case PATH, GREEDY_PATH ->
                    message.path().containsKey(name)
                            ? List.of(message.path().get(name))
                            : List.of();
            case QUERY_PARAM -> query.getOrDefault(name, List.of());
            case HEADER -> header(field, message.exchange(), name);
            case STATUS_CODE, PAYLOAD -> List.of();
        };
    }

    /// A list in headers is comma-separated, over as many headers as there are.
    private static List<String> header(SdkField<?> field, Exchange exchange, String name) {
        if (!field.marshallingType().equals(MarshallingType.LIST)) {
            return exchange.header(name).map(List::of).orElse(List.of());
        }
        return exchange.headers().getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                .flatMap(each -> Arrays.stream(each.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static void bound(SdkPojo builder, SdkField<?> field, List<String> texts) {
        if (texts.isEmpty()) {
            return;
        }
        if (field.marshallingType().equals(MarshallingType.LIST)) {
            SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
            field.set(builder, texts.stream().map(text -> value(member, text)).toList());
        } else {
            field.set(builder, value(field, texts.getFirst()));
        }
    }

    private static Object value(SdkField<?> field, String text) {
        MarshallingType<?> type = field.marshallingType();
        JsonNode node;
        try {
            if (type.equals(MarshallingType.BOOLEAN)) {
                node = NODES.booleanNode(Boolean.parseBoolean(text));
            } else if (type.equals(MarshallingType.INTEGER) || type.equals(MarshallingType.LONG)) {
                node = NODES.numberNode(Long.parseLong(text));
            } else if (type.equals(MarshallingType.DOUBLE) || type.equals(MarshallingType.FLOAT)) {
                node = NODES.numberNode(Double.parseDouble(text));
            } else {
                node = NODES.stringNode(text);
            }
        } catch (NumberFormatException e) {
            throw new Malformed(field.memberName() + " must be a number: " + text);
        }
        return Shapes.value(field, node);
    }

    @Override
    public Reply answer(Message message, SdkPojo response) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", CONTENT_TYPE);
        ServiceModel.Operation operation =
                ServiceModel.of(message.service()).operations().get(message.operation());
        int status = operation == null ? 200 : operation.status();
        byte[] body = null;
        for (SdkField<?> field : response.sdkFields()) {
            Object value = field.getValueOrDefault(response);
            if (value != null && field.location() == MarshallLocation.HEADER) {
                headers.put(field.locationName(), text(value));
            } else if (value != null && field.location() == MarshallLocation.STATUS_CODE) {
                status = (Integer) value;
            } else if (value != null && field.containsTrait(PayloadTrait.class)) {
                body = payload(value);
            }
        }
        if (body == null) {
            body = JsonCodec.MAPPER.writeValueAsBytes(Shapes.write(response, Shapes.Form.JSON));
        }
        return new Reply(status, headers, body);
    }

    private static byte[] payload(Object value) {
        return switch (value) {
            case SdkBytes bytes -> bytes.asByteArrayUnsafe();
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            case SdkPojo shape ->
                    JsonCodec.MAPPER.writeValueAsBytes(Shapes.write(shape, Shapes.Form.JSON));
            default -> throw new IllegalStateException("No payload: " + value.getClass());
        };
    }

    private static String text(Object value) {
        return value instanceof Instant time
                ? DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC))
                : value.toString();
    }

    /// `x-amzn-ErrorType` and `{"Message": …}` with the members of a modelled error. SageMaker's
    /// runtime throttles without a word: `{"message": null}`, which clients show as "None".
    @Override
    public Reply failure(Optional<AwsService> service, Failure failure, String requestId) {
        ObjectNode tree = NODES.objectNode();
        if (service.equals(Optional.of(AwsService.SAGEMAKER_RUNTIME))
                && failure.code().equals(AwsError.THROTTLING.code())) {
            tree.putNull("message");
        } else {
            failure.members()
                    .ifPresent(members -> tree.setAll(Shapes.write(members, Shapes.Form.JSON)));
            tree.put("Message", failure.message());
        }
        byte[] body = JsonCodec.MAPPER.writeValueAsBytes(tree);
        return Reply.of(failure.status(), CONTENT_TYPE, body)
                .with("x-amzn-ErrorType", failure.code());
    }
}
