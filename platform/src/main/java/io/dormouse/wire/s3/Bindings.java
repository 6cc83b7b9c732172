package io.dormouse.wire.s3;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.sign.Encoding;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.PayloadTrait;

/// A request's members from where they travel (host and path, query, headers, document), and an
/// answer's headers.
///
/// @param query decoded; of a name that comes twice, the last
/// @param headers by lower-case name, read as UTF-8
record Bindings(Address address, Map<String, String> query, Map<String, String> headers) {
    private static final String CHECKSUM = "x-amz-checksum-";
    private static final String ALGORITHM = "x-amz-sdk-checksum-algorithm";

    static Bindings of(Exchange exchange, Address address) {
        Map<String, String> query = new LinkedHashMap<>();
        Encoding.query(exchange.query()).forEach(each -> query.put(each.getKey(), each.getValue()));
        Map<String, String> headers = new TreeMap<>();
        exchange.headers()
                .forEach((name, values) ->
                        headers.put(
                                name,
                                values.stream()
                                        .map(Encoding::utf8)
                                        .collect(Collectors.joining(","))));
        query.forEach((name, value) -> hoisted(name, value, headers));
        String trailer = headers.getOrDefault("x-amz-trailer", "").toLowerCase(Locale.ROOT);
        if (trailer.startsWith(CHECKSUM)) {
            headers.putIfAbsent(ALGORITHM, trailer.substring(CHECKSUM.length()));
        }
        Optional.ofNullable(headers.get("x-amz-decoded-content-length"))
                .ifPresent(length -> headers.put("content-length", length));
        return new Bindings(address, query, headers);
    }

    /// Presigned URLs carry headers in the query. JavaScript's hold the checksum of an empty body,
    /// for at signing there is none yet: it says nothing of the body that will come.
    private static void hoisted(String name, String value, Map<String, String> headers) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean isSaid =
                lower.startsWith("x-amz-")
                        && !lower.startsWith(CHECKSUM)
                        && !lower.equals(ALGORITHM);
        if (isSaid || lower.equals("x-amz-checksum-mode")) {
            headers.putIfAbsent(lower, value);
        }
    }

    /// Sets a request's members.
    ///
    /// @param document the request's body; empty for none, or where it is an object's content
    void fill(SdkPojo builder, byte[] document) {
        boolean isDocument = document.length > 0;
        Optional<XmlReader.Element> root = Optional.empty();
        for (SdkField<?> field : builder.sdkFields()) {
            Optional<?> value =
                    switch (field.location()) {
                        case PATH -> Optional.of(address.bucket());
                        case GREEDY_PATH -> Optional.of(address.key());
                        case QUERY_PARAM -> parameter(field);
                        case HEADER -> header(field);
                        default -> Optional.empty();
                    };
            if (field.location() == MarshallLocation.PAYLOAD && isDocument) {
                if (root.isEmpty()) {
                    root = Optional.of(XmlReader.parse(document));
                }
                if (field.containsTrait(PayloadTrait.class)) {
                    value = root.map(element -> XmlReader.shape(field, element));
                }
            }
            value.ifPresent(each -> field.set(builder, each));
        }
        if (root.isPresent()) {
            XmlReader.fill(builder, root.get());
        }
    }

    private Optional<Object> parameter(SdkField<?> field) {
        String text = query.get(field.locationName());
        return text == null ? Optional.empty() : Optional.of(valid(field, text));
    }

    private Optional<?> header(SdkField<?> field) {
        String name = field.locationName().toLowerCase(Locale.ROOT);
        if (field.marshallingType().equals(MarshallingType.MAP)) {
            Map<String, String> map = new LinkedHashMap<>();
            headers.forEach((key, value) -> {
                if (key.startsWith(name)) {
                    map.put(key.substring(name.length()), value);
                }
            });
            return Optional.of(map).filter(each -> !each.isEmpty());
        }
        String text = headers.get(name);
        if (text == null) {
            return Optional.empty();
        }
        if (field.marshallingType().equals(MarshallingType.LIST)) {
            List<String> items = Arrays.stream(text.split(",", -1)).map(String::trim).toList();
            return Optional.of(items);
        }
        // Whatever is sent for Expires is kept by AWS; a time is what can be kept here.
        return name.equals("expires") || name.startsWith("if-")
                ? Scalars.parse(field, text)
                : Optional.of(valid(field, text));
    }

    private static Object valid(SdkField<?> field, String text) {
        return Scalars.parse(field, text)
                .orElseThrow(() ->
                        S3Error.INVALID_ARGUMENT.error(
                                "Invalid value for "
                                        + field.locationName()
                                        + ": expected "
                                        + expected(field)
                                        + ", not '"
                                        + text
                                        + "'"));
    }

    private static String expected(SdkField<?> field) {
        MarshallingType<?> type = field.marshallingType();
        return type.equals(MarshallingType.INSTANT)
                ? "a date"
                : type.equals(MarshallingType.BOOLEAN) ? "true or false" : "a number";
    }

    /// The headers of an answer.
    static Map<String, String> headersOf(SdkPojo answer) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (SdkField<?> field : answer.sdkFields()) {
            Object value = field.getValueOrDefault(answer);
            if (field.location() != MarshallLocation.HEADER || value == null) {
                continue;
            }
            if (value instanceof Map<?, ?> map) {
                map.forEach(
                        (key, each) -> headers.put(field.locationName() + key, each.toString()));
            } else if (!(value instanceof List)) {
                headers.put(field.locationName(), Scalars.header(field, value));
            }
        }
        return headers;
    }
}
