package io.dormouse.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// SageMaker's lists of tags as maps and back.
public final class TagList {
    private TagList() {}

    /// The tags of a request.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   for a key given twice or reserved to AWS
    public static Map<String, String> toMap(List<Tag> tags) {
        Map<String, String> map = new LinkedHashMap<>();
        for (Tag tag : tags) {
            if (tag.key().toLowerCase(Locale.ROOT).startsWith("aws:")) {
                throw AwsError.VALIDATION.of(
                        "Tag key \"" + tag.key() + "\" is reserved: keys may not begin with aws:");
            }
            if (map.put(tag.key(), tag.value()) != null) {
                throw AwsError.VALIDATION.of(
                        "Tag key \"" + tag.key() + "\" is given twice: keys must be unique");
            }
        }
        return map;
    }

    public static List<Tag> of(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
