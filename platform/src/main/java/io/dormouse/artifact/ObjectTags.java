package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.model.Tag;

/// An object's tags as its record keeps them, which is as the `x-amz-tagging` header says them:
/// `team=ml&stage=dev`.
final class ObjectTags {
    private static final int TAGS_MAX = 10;
    private static final int KEY_LENGTH_MAX = 128;
    private static final int VALUE_LENGTH_MAX = 256;

    private ObjectTags() {}

    static List<Tag> parse(String text) {
        List<Tag> tags = new ArrayList<>();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String key = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                tags.add(Tag.builder().key(decoded(key)).value(decoded(value)).build());
            }
        }
        check(tags);
        return tags;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Error.INVALID_ARGUMENT.error(
                    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query"
                            + " parameters without tag name duplicates.");
        }
    }

    static String format(List<Tag> tags) {
        check(tags);
        return tags.stream()
                .map(tag -> encoded(tag.key()) + "=" + encoded(tag.value()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void check(List<Tag> tags) {
        if (tags.size() > TAGS_MAX) {
            throw S3Error.INVALID_TAG.error("Object tags cannot be greater than " + TAGS_MAX);
        }
        Set<String> seen = new HashSet<>();
        for (Tag tag : tags) {
            if (tag.key() == null || tag.key().isEmpty() || tag.key().length() > KEY_LENGTH_MAX) {
                throw S3Error.INVALID_TAG.error("The TagKey you have provided is invalid");
            }
            if (tag.value() == null || tag.value().length() > VALUE_LENGTH_MAX) {
                throw S3Error.INVALID_TAG.error("The TagValue you have provided is invalid");
            }
            if (!seen.add(tag.key())) {
                throw S3Error.INVALID_TAG.error("Cannot provide multiple Tags with the same key");
            }
        }
    }
}
