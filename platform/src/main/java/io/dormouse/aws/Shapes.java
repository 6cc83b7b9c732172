package io.dormouse.aws;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.traits.PayloadTrait;
import software.amazon.awssdk.core.traits.TimestampFormatTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.utils.builder.Buildable;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// AWS SDK shapes to and from trees, by the field metadata that each of them carries.
///
/// A member that is absent stays absent: AWS never sends `null`, and strict clients refuse it.
public final class Shapes {
    /// How a tree is meant to be written: JSON has no binary and no time of its own.
    public enum Form {
        JSON,
        CBOR,
        /// JSON as events carry it: every time is in milliseconds.
        EVENT
    }

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Shapes() {}

    /// The shape as one line of JSON, as `store` keeps it.
    public static String toJson(SdkPojo shape) {
        return MAPPER.writeValueAsString(write(shape, Form.JSON));
    }

    /// A shape from [#toJson]: `fromJson(CreateModelRequest::builder, text)`.
    public static <T, B extends SdkPojo & SdkBuilder<B, T>> T fromJson(
            Supplier<B> builder, String json) {
        return fill(builder.get(), MAPPER.readTree(json)).build();
    }

    /// Another shape with the members that both have, by name: a Describe answer from its Create
    /// request. Members of different types must not share a name; SageMaker's do not.
    public static <B extends SdkPojo> B like(B builder, SdkPojo other) {
        Map<String, SdkField<?>> theirs = new LinkedHashMap<>();
        other.sdkFields().forEach(field -> theirs.put(field.memberName(), field));
        for (SdkField<?> field : builder.sdkFields()) {
            SdkField<?> their = theirs.get(field.memberName());
            Object value = their == null ? null : their.getValueOrDefault(other);
            if (value != null && isPresent(value)) {
                field.set(builder, value);
            }
        }
        return builder;
    }

    /// Sets a builder's body members from a tree.
    ///
    /// @throws Malformed where the tree has another type than the member
    public static <B extends SdkPojo> B fill(B builder, JsonNode tree) {
        for (SdkField<?> field : builder.sdkFields()) {
            if (isInBody(field)) {
                JsonNode value = tree.get(field.locationName());
                if (value != null && !value.isNull()) {
                    field.set(builder, value(field, value));
                }
            }
        }
        return builder;
    }

    /// Sets a builder's members from a tree by AWS's names of them, wherever a protocol has them.
    ///
    /// @throws Malformed where the tree has a member that the shape has not, or of another type
    public static <B extends SdkPojo> B fillNamed(B builder, JsonNode tree) {
        Map<String, SdkField<?>> known = new LinkedHashMap<>();
        builder.sdkFields().forEach(field -> known.put(field.memberName(), field));
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            SdkField<?> field = known.get(member.getKey());
            if (field == null) {
                throw new Malformed(
                        "There is no member " + member.getKey() + ": expected " + known.keySet());
            }
            if (!member.getValue().isNull()) {
                field.set(builder, value(field, member.getValue()));
            }
        }
        return builder;
    }

    private static boolean isInBody(SdkField<?> field) {
        return field.location() == MarshallLocation.PAYLOAD
                && !field.containsTrait(PayloadTrait.class);
    }

    /// One member's value from its tree.
    public static Object value(SdkField<?> field, JsonNode node) {
        MarshallingType<?> type = field.marshallingType();
        if (type.equals(MarshallingType.STRING)) {
            return wanted(node.isString(), field, node, "a string").asString();
        } else if (type.equals(MarshallingType.BOOLEAN)) {
            return wanted(node.isBoolean(), field, node, "true or false").asBoolean();
        } else if (type.equals(MarshallingType.SDK_POJO)) {
            SdkPojo builder = field.constructor().get();
            fill(builder, wanted(node.isObject(), field, node, "an object"));
            return ((Buildable) builder).build();
        } else if (type.equals(MarshallingType.LIST)) {
            return list(field, wanted(node.isArray(), field, node, "a list"));
        } else if (type.equals(MarshallingType.MAP)) {
            return map(field, wanted(node.isObject(), field, node, "a map"));
        } else if (type.equals(MarshallingType.INSTANT)) {
            return instant(field, node);
        } else if (type.equals(MarshallingType.SDK_BYTES)) {
            return bytes(field, node);
        }
        return number(field, type, node);
    }

    private static Object number(SdkField<?> field, MarshallingType<?> type, JsonNode node) {
        try {
            boolean isText = node.isString();
            if (!isText && !node.isNumber()) {
                throw unexpected(field, node, "a number");
            } else if (type.equals(MarshallingType.DOUBLE)) {
                // NaN and the infinities are strings in JSON.
                return isText ? Double.valueOf(node.asString()) : node.asDouble();
            } else if (type.equals(MarshallingType.FLOAT)) {
                return isText ? Float.valueOf(node.asString()) : (float) node.asDouble();
            } else if (isText) {
                throw unexpected(field, node, "a number");
            }
            BigDecimal number = new BigDecimal(node.asString());
            if (type.equals(MarshallingType.INTEGER)) {
                return number.intValueExact();
            } else if (type.equals(MarshallingType.LONG)) {
                return number.longValueExact();
            } else if (type.equals(MarshallingType.SHORT)) {
                return number.shortValueExact();
            } else if (type.equals(MarshallingType.BIG_DECIMAL)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw unexpected(field, node, "a number");
        } catch (ArithmeticException e) {
            throw unexpected(field, node, "a whole number in range");
        }
        throw new IllegalStateException("No tree form for " + type.getTargetClass());
    }

    private static List<@Nullable Object> list(SdkField<?> field, JsonNode node) {
        SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
        List<@Nullable Object> values = new ArrayList<>();
        for (JsonNode each : node) {
            values.add(each.isNull() ? null : value(member, each));
        }
        return values;
    }

    private static Map<String, Object> map(SdkField<?> field, JsonNode node) {
        SdkField<?> member = field.getTrait(MapTrait.class).valueFieldInfo();
        Map<String, Object> values = new LinkedHashMap<>();
        node.properties().stream()
                .filter(entry -> !entry.getValue().isNull())
                .forEach(entry -> values.put(entry.getKey(), value(member, entry.getValue())));
        return values;
    }

    private static SdkBytes bytes(SdkField<?> field, JsonNode node) {
        if (node.isBinary()) {
            return SdkBytes.fromByteArray(node.binaryValue());
        }
        try {
            return SdkBytes.fromByteArray(Base64.getDecoder().decode(node.asString()));
        } catch (IllegalArgumentException e) {
            throw unexpected(field, node, "Base64");
        }
    }

    private static Instant instant(SdkField<?> field, JsonNode node) {
        try {
            if (!node.isNumber()) {
                return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(node.asString(), Instant::from);
            }
            TimestampFormatTrait trait = field.getTrait(TimestampFormatTrait.class);
            if (trait != null
                    && trait.format() == TimestampFormatTrait.Format.UNIX_TIMESTAMP_MILLIS) {
                return Instant.ofEpochMilli(node.asLong());
            }
            BigDecimal seconds = node.decimalValue();
            BigDecimal whole = new BigDecimal(seconds.toBigInteger());
            long nanos = seconds.subtract(whole).movePointRight(9).longValue();
            return Instant.ofEpochSecond(whole.longValueExact(), nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw unexpected(field, node, "a time");
        }
    }

    private static JsonNode wanted(boolean fits, SdkField<?> field, JsonNode node, String what) {
        if (!fits) {
            throw unexpected(field, node, what);
        }
        return node;
    }

    private static Malformed unexpected(SdkField<?> field, JsonNode node, String wanted) {
        return new Malformed(
                "Unexpected "
                        + node.getNodeType()
                        + " for member "
                        + field.memberName()
                        + ": expected "
                        + wanted);
    }

    /// The tree of a shape's body members.
    public static ObjectNode write(SdkPojo shape, Form form) {
        ObjectNode tree = NODES.objectNode();
        for (SdkField<?> field : shape.sdkFields()) {
            if (isInBody(field)) {
                Object value = field.getValueOrDefault(shape);
                if (value != null && isPresent(value)) {
                    tree.set(field.locationName(), tree(field, value, form));
                }
            }
        }
        return tree;
    }

    private static boolean isPresent(Object value) {
        return !(value instanceof SdkAutoConstructList) && !(value instanceof SdkAutoConstructMap);
    }

    private static JsonNode tree(SdkField<?> field, @Nullable Object value, Form form) {
        return switch (value) {
            case null -> NODES.nullNode();
            case String text -> NODES.stringNode(text);
            case Boolean flag -> NODES.booleanNode(flag);
            case Integer number -> NODES.numberNode(number);
            case Long number -> NODES.numberNode(number);
            case Short number -> NODES.numberNode(number);
            case Double number -> real(number, form);
            case Float number -> real(number.doubleValue(), form);
            case BigDecimal number -> NODES.numberNode(number);
            case Instant time ->
                    switch (form) {
                        case CBOR -> NODES.pojoNode(time);
                        case EVENT -> NODES.numberNode(time.toEpochMilli());
                        case JSON -> time(field, time);
                    };
            case SdkBytes bytes ->
                    form == Form.CBOR
                            ? NODES.binaryNode(bytes.asByteArray())
                            : NODES.stringNode(
                                    Base64.getEncoder().encodeToString(bytes.asByteArray()));
            case SdkPojo shape -> write(shape, form);
            case List<?> list -> {
                SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
                ArrayNode array = NODES.arrayNode();
                list.forEach(each -> array.add(tree(member, each, form)));
                yield array;
            }
            case Map<?, ?> map -> {
                SdkField<?> member = field.getTrait(MapTrait.class).valueFieldInfo();
                ObjectNode object = NODES.objectNode();
                map.forEach((key, each) -> object.set((String) key, tree(member, each, form)));
                yield object;
            }
            default -> throw new IllegalStateException("No tree form for " + value.getClass());
        };
    }

    /// JSON has no NaN or infinity: AWS writes them as strings, and CBOR as what they are.
    private static JsonNode real(double number, Form form) {
        return Double.isFinite(number) || form == Form.CBOR
                ? NODES.numberNode(number)
                : NODES.stringNode(Double.toString(number));
    }

    private static JsonNode time(SdkField<?> field, Instant time) {
        TimestampFormatTrait trait = field.getTrait(TimestampFormatTrait.class);
        if (trait != null && trait.format() == TimestampFormatTrait.Format.ISO_8601) {
            return NODES.stringNode(time.toString());
        }
        if (trait != null && trait.format() == TimestampFormatTrait.Format.UNIX_TIMESTAMP_MILLIS) {
            return NODES.numberNode(time.toEpochMilli());
        }
        return NODES.numberNode(BigDecimal.valueOf(time.toEpochMilli(), 3));
    }
}
