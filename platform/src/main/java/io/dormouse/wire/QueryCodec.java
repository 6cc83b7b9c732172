package io.dormouse.wire;

import io.dormouse.aws.Malformed;
import io.dormouse.aws.Shapes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The AWS query protocol: `Action`, `Version` and dotted parameters in a form or in the query
/// string; answers in XML.
///
///     Dimensions.member.1.Name=Host           a list
///     Tags.1.Key=a                            a flattened list
///     Attributes.entry.1.key=x                a map
///
/// @see <a href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html">awsQuery</a>
final class QueryCodec implements Codec {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String CONTENT_TYPE = "text/xml";

    /// The parameters as the tree that their dots draw.
    private static final class Parameter {
        /// Children by name; numbers in their order, before names.
        final NavigableMap<String, Parameter> children =
                new TreeMap<>(
                        Comparator.comparingInt(Parameter::number)
                                .thenComparing(Comparator.naturalOrder()));

        String value = "";

        private static int number(String text) {
            boolean isNumber =
                    !text.isEmpty()
                            && text.length() < 10
                            && text.chars().allMatch(each -> each >= '0' && each <= '9');
            return isNumber ? Integer.parseInt(text) : Integer.MAX_VALUE;
        }

        Parameter child(String name) {
            Parameter child = children.get(name);
            return child == null ? new Parameter() : child;
        }

        static Parameter tree(Map<String, String> parameters) {
            Parameter root = new Parameter();
            parameters.forEach((name, value) -> {
                Parameter at = root;
                for (String step : name.split("\\.", -1)) {
                    at = at.children.computeIfAbsent(step, _ -> new Parameter());
                }
                at.value = value;
            });
            return root;
        }
    }

    @Override
    public void read(SdkPojo builder, Message message) {
        Shapes.fill(builder, object(builder, Parameter.tree(parameters(message))));
    }

    private static Map<String, String> parameters(Message message) {
        return parameters(message.exchange(), message.body());
    }

    /// The parameters of a request: those of its query string and those of its form.
    static Map<String, String> parameters(Exchange exchange, byte[] body) {
        Map<String, String> parameters = Form.parse(exchange.query());
        parameters.putAll(Form.parse(new String(body, StandardCharsets.UTF_8)));
        return parameters;
    }

    private static ObjectNode object(SdkPojo shape, Parameter at) {
        ObjectNode object = NODES.objectNode();
        for (SdkField<?> field : shape.sdkFields()) {
            Parameter child = at.children.get(field.locationName());
            if (child != null) {
                object.set(field.locationName(), node(field, child));
            }
        }
        return object;
    }

    private static JsonNode node(SdkField<?> field, Parameter at) {
        MarshallingType<?> type = field.marshallingType();
        if (type.equals(MarshallingType.SDK_POJO)) {
            return object(field.constructor().get(), at);
        } else if (type.equals(MarshallingType.LIST)) {
            return list(field.getTrait(ListTrait.class), at);
        } else if (type.equals(MarshallingType.MAP)) {
            return map(field.getTrait(MapTrait.class), at);
        } else if (type.equals(MarshallingType.BOOLEAN)) {
            return NODES.booleanNode(bool(field, at.value));
        } else if (type.equals(MarshallingType.STRING)
                || type.equals(MarshallingType.SDK_BYTES)
                || type.equals(MarshallingType.INSTANT)) {
            return NODES.stringNode(at.value);
        }
        return number(field, type, at.value);
    }

    private static ArrayNode list(ListTrait trait, Parameter at) {
        String member = trait.memberLocationName() == null ? "member" : trait.memberLocationName();
        Parameter items = trait.isFlattened() ? at : at.child(member);
        ArrayNode list = NODES.arrayNode();
        items.children.values().forEach(each -> list.add(node(trait.memberFieldInfo(), each)));
        return list;
    }

    private static ObjectNode map(MapTrait trait, Parameter at) {
        Parameter entries = trait.isFlattened() ? at : at.child("entry");
        ObjectNode map = NODES.objectNode();
        entries.children
                .values()
                .forEach(each ->
                        map.set(
                                each.child(trait.keyLocationName()).value,
                                node(
                                        trait.valueFieldInfo(),
                                        each.child(trait.valueLocationName()))));
        return map;
    }

    private static boolean bool(SdkField<?> field, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Malformed(field.memberName() + " must be true or false: " + value);
        };
    }

    private static JsonNode number(SdkField<?> field, MarshallingType<?> type, String value) {
        try {
            return type.equals(MarshallingType.DOUBLE) || type.equals(MarshallingType.FLOAT)
                    ? NODES.numberNode(Double.parseDouble(value))
                    : NODES.numberNode(Long.parseLong(value));
        } catch (NumberFormatException e) {
            throw new Malformed(field.memberName() + " must be a number: " + value);
        }
    }

    @Override
    public Reply answer(Message message, SdkPojo response) {
        String name = message.operation();
        Xml xml = new Xml();
        xml.root(
                name + "Response",
                message.service().xmlNamespace(),
                () -> {
                    if (!response.sdkFields().isEmpty()) {
                        xml.element(name + "Result", () -> write(xml, response));
                    }
                    xml.element(
                            "ResponseMetadata",
                            () -> xml.text("RequestId", message.exchange().requestId()));
                });
        return Reply.of(200, CONTENT_TYPE, bytes(xml));
    }

    @Override
    public Reply failure(Optional<AwsService> service, Failure failure, String requestId) {
        Xml xml = new Xml();
        xml.root(
                "ErrorResponse",
                service.map(AwsService::xmlNamespace).orElse(""),
                () -> {
                    xml.element(
                            "Error",
                            () -> {
                                xml.text("Type", failure.isSender() ? "Sender" : "Receiver");
                                xml.text("Code", failure.queryCode());
                                xml.text("Message", failure.message());
                                failure.members().ifPresent(members -> write(xml, members));
                            });
                    xml.text("RequestId", requestId);
                });
        return Reply.of(failure.status(), CONTENT_TYPE, bytes(xml));
    }

    private static byte[] bytes(Xml xml) {
        return xml.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Xml xml, SdkPojo shape) {
        for (SdkField<?> field : shape.sdkFields()) {
            Object value = field.getValueOrDefault(shape);
            if (value != null
                    && !(value instanceof SdkAutoConstructList)
                    && !(value instanceof SdkAutoConstructMap)) {
                element(xml, field, field.unmarshallLocationName(), value);
            }
        }
    }

    private static void element(Xml xml, SdkField<?> field, String name, Object value) {
        switch (value) {
            case SdkPojo shape -> xml.element(name, () -> write(xml, shape));
            case List<?> list -> elements(xml, field.getTrait(ListTrait.class), name, list);
            case Map<?, ?> map -> entries(xml, field.getTrait(MapTrait.class), name, map);
            case SdkBytes bytes ->
                    xml.text(name, Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe()));
            case Instant time -> xml.text(name, time.truncatedTo(ChronoUnit.MILLIS).toString());
            default -> xml.text(name, value.toString());
        }
    }

    private static void elements(Xml xml, ListTrait trait, String name, List<?> list) {
        String member = trait.memberLocationName() == null ? "member" : trait.memberLocationName();
        Runnable items =
                () ->
                        list.forEach(each ->
                                element(
                                        xml,
                                        trait.memberFieldInfo(),
                                        trait.isFlattened() ? name : member,
                                        each));
        if (trait.isFlattened()) {
            items.run();
        } else {
            xml.element(name, items);
        }
    }

    private static void entries(Xml xml, MapTrait trait, String name, Map<?, ?> map) {
        Runnable entries =
                () ->
                        map.forEach((key, value) ->
                                xml.element(
                                        trait.isFlattened() ? name : "entry",
                                        () -> {
                                            xml.text(trait.keyLocationName(), key.toString());
                                            element(
                                                    xml,
                                                    trait.valueFieldInfo(),
                                                    trait.valueLocationName(),
                                                    value);
                                        }));
        if (trait.isFlattened()) {
            entries.run();
        } else {
            xml.element(name, entries);
        }
    }
}
