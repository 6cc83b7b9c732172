package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.Tag;

/// The properties that Search knows of a kind of resource: the members of its shape, those of
/// structures within by a path with dots, and `Tags.<key>`.
final class Properties {
    private static final String TAGS = "Tags.";

    private final SdkField<?> member;
    private final SdkPojo shape;

    Properties(ResourceType resource) {
        this.member =
                field(SearchRecord.builder().build(), resource.toString())
                        .orElseThrow(() -> new IllegalStateException("No member for " + resource));
        this.shape = member.constructor().get();
    }

    /// The resource within a record.
    SdkPojo resource(SearchRecord record) {
        return (SdkPojo) member.getValueOrDefault(record);
    }

    boolean has(String path) {
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        return field(shape, first).isPresent()
                || (isWrapped() && field(inner(), first).isPresent());
    }

    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   for a name that the resource does not have
    void require(String path) {
        if (!has(path)) {
            throw AwsError.VALIDATION.of("Unknown property name: " + path + ".");
        }
    }

    /// Search shows a model within a dashboard; its properties are meant all the same.
    private boolean isWrapped() {
        return member.memberName().equals(ResourceType.MODEL.toString());
    }

    private SdkPojo inner() {
        return field(shape, ResourceType.MODEL.toString()).orElseThrow().constructor().get();
    }

    /// What the resource has at a path; several where a list is on the way, none where it is
    /// absent.
    List<Object> values(SdkPojo resource, String path) {
        if (path.startsWith(TAGS)) {
            return values(resource, "Tags").stream()
                    .filter(tag ->
                            tag instanceof Tag each
                                    && each.key().equals(path.substring(TAGS.length())))
                    .<Object>map(tag -> ((Tag) tag).value())
                    .toList();
        }
        Stream<Object> found = Stream.of(resource);
        if (isWrapped() && field(shape, path.split("\\.", 2)[0]).isEmpty()) {
            found = step(resource, ResourceType.MODEL.toString());
        }
        for (String part : path.split("\\.", -1)) {
            found = found.flatMap(each -> step(each, part));
        }
        return found.toList();
    }

    private static Stream<Object> step(Object from, String part) {
        Object value =
                switch (from) {
                    case SdkPojo pojo ->
                            field(pojo, part)
                                    .<Object>map(field -> field.getValueOrDefault(pojo))
                                    .orElse(null);
                    case Map<?, ?> map -> map.get(part);
                    default -> null;
                };
        return switch (value) {
            case null -> Stream.empty();
            case List<?> list -> list.stream().map(each -> each);
            default -> Stream.of(value);
        };
    }

    private static Optional<SdkField<?>> field(SdkPojo shape, String name) {
        return shape.sdkFields().stream()
                .filter(field -> field.memberName().equals(name))
                .findFirst();
    }

    /// What the resource is ordered by; null where it has no such property.
    @Nullable Object sortKey(SdkPojo resource, String path) {
        return values(resource, path).stream().findFirst().orElse(null);
    }

    static int compare(Object left, Object right) {
        if (left instanceof Number a && right instanceof Number b) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        if (left instanceof Instant a && right instanceof Instant b) {
            return a.compareTo(b);
        }
        return left.toString().compareTo(right.toString());
    }
}
