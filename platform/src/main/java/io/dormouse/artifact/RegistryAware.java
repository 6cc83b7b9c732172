package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Tags;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.LifecycleRule;

/// The rule of our own: what the registry or an endpoint needs does not expire.
final class RegistryAware {
    /// The tag of a bucket, or the beginning of a rule's id, that has [Retention] asked.
    private static final String NAME = "dormouse:registry-aware";

    private RegistryAware() {}

    /// Whether it holds for a rule of a bucket.
    static boolean holds(Query query, Tags tags, String bucket, LifecycleRule rule) {
        return rule.id().startsWith(NAME)
                || "true".equals(tags.of(query, "arn:aws:s3:::" + bucket).get(NAME));
    }

    /// Why a version is needed, if it is.
    static Optional<String> need(Version version, Map<String, String> needed) {
        String uri = "s3://" + version.bucket() + "/" + version.key();
        return Optional.ofNullable(needed.get(uri))
                .or(() ->
                        needed.entrySet().stream()
                                .filter(each -> each.getKey().endsWith("/"))
                                .filter(each -> uri.startsWith(each.getKey()))
                                .map(Map.Entry::getValue)
                                .findFirst());
    }
}
