package io.dormouse.artifact;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a request's headers leave on an object and its answers give back: one map, so that the
/// three requests that make an object and the six answers that describe one need no code each.
///
/// @param members by the SDK's member names: `ContentType`, `ChecksumCRC32` …
/// @param metadata the user's own
record Attributes(Map<String, String> members, Map<String, String> metadata) {
    static final Attributes NONE = new Attributes(Map.of(), Map.of());

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String METADATA_PREFIX = "m:";
    private static final Set<String> KEPT =
            Set.of(
                    "CacheControl",
                    "ContentDisposition",
                    "ContentEncoding",
                    "ContentLanguage",
                    "ContentType",
                    "Expires",
                    "StorageClass",
                    "Tagging",
                    "WebsiteRedirectLocation");

    Attributes {
        members = Map.copyOf(members);
        metadata = Map.copyOf(metadata);
    }

    /// What a PutObject, CopyObject or CreateMultipartUpload request wants kept.
    static Attributes of(SdkPojo request) {
        Map<String, String> members = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (SdkField<?> field : request.sdkFields()) {
            Object value = field.getValueOrDefault(request);
            if (value instanceof Map<?, ?> map && field.memberName().equals("Metadata")) {
                map.forEach((key, each) -> metadata.put((String) key, (String) each));
            } else if (value != null && KEPT.contains(field.memberName())) {
                members.put(field.memberName(), value.toString());
            }
        }
        members.remove("StorageClass", "STANDARD");
        Optional.ofNullable(members.remove("ContentEncoding"))
                .flatMap(Attributes::withoutChunking)
                .ifPresent(encoding -> members.put("ContentEncoding", encoding));
        return new Attributes(members, metadata);
    }

    /// `aws-chunked` says how the body travels, not what it is.
    private static Optional<String> withoutChunking(String encoding) {
        List<String> left = new ArrayList<>(Arrays.asList(encoding.split(" *, *")));
        left.removeIf(each -> each.isBlank() || each.trim().equals("aws-chunked"));
        return left.isEmpty() ? Optional.empty() : Optional.of(String.join(",", left));
    }

    Attributes with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(members);
        all.putAll(more);
        return new Attributes(all, metadata);
    }

    Attributes without(String member) {
        Map<String, String> left = new LinkedHashMap<>(members);
        left.remove(member);
        return new Attributes(left, metadata);
    }

    /// One member, where it is there.
    Map<String, String> only(String member) {
        String value = members.get(member);
        return value == null ? Map.of() : Map.of(member, value);
    }

    Optional<String> member(String name) {
        return Optional.ofNullable(members.get(name));
    }

    /// The checksum of an object, where it has one, as `(name, Base64)`.
    Map<String, String> checksums() {
        Map<String, String> found = new LinkedHashMap<>(members);
        found.keySet().removeIf(name -> !name.startsWith("Checksum"));
        return found;
    }

    Attributes withoutChecksums() {
        Map<String, String> left = new LinkedHashMap<>(members);
        left.keySet().removeIf(name -> name.startsWith("Checksum"));
        return new Attributes(left, metadata);
    }

    /// Sets every member of an answer that has one of these names.
    <B extends SdkPojo> B onto(B builder) {
        for (SdkField<?> field : builder.sdkFields()) {
            String value = members.get(field.memberName());
            if (field.memberName().equals("Metadata")) {
                field.set(builder, metadata);
            } else if (value != null && field.marshallingType().equals(MarshallingType.INSTANT)) {
                field.set(builder, Instant.parse(value));
            } else if (value != null) {
                field.set(builder, value);
            }
        }
        return builder;
    }

    String toJson() {
        ObjectNode tree = MAPPER.createObjectNode();
        members.forEach(tree::put);
        metadata.forEach((key, value) -> tree.put(METADATA_PREFIX + key, value));
        return MAPPER.writeValueAsString(tree);
    }

    static Attributes fromJson(String json) {
        Map<String, String> members = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : MAPPER.readTree(json).properties()) {
            String value = entry.getValue().asString();
            if (entry.getKey().startsWith(METADATA_PREFIX)) {
                metadata.put(entry.getKey().substring(METADATA_PREFIX.length()), value);
            } else {
                members.put(entry.getKey(), value);
            }
        }
        return new Attributes(members, metadata);
    }
}
