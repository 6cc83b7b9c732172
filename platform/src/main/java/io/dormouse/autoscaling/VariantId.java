package io.dormouse.autoscaling;

import io.dormouse.aws.AwsError;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableDimension;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;

/// What is scaled: a variant of an endpoint.
///
/// @param endpoint as the caller spells it
record VariantId(String endpoint, String variant) {
    static final String NAMESPACE = ServiceNamespace.SAGEMAKER.toString();
    static final String DIMENSION =
            ScalableDimension.SAGEMAKER_VARIANT_DESIRED_PROVISIONED_CONCURRENCY.toString();

    private static final Pattern RESOURCE = Pattern.compile("endpoint/([^/]+)/variant/([^/]+)");

    /// The variant that three members of a request name.
    ///
    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationException`
    ///   where they name something that is not scaled here
    static VariantId of(String namespace, String resource, String dimension) {
        Matcher matcher = RESOURCE.matcher(resource);
        if (!namespace.equals(NAMESPACE) || !dimension.equals(DIMENSION) || !matcher.matches()) {
            throw AwsError.VALIDATION.of(
                    "Unsupported service namespace, resource type or scalable dimension: this"
                            + " platform scales service namespace sagemaker, resource ID"
                            + " endpoint/NAME/variant/VARIANT, scalable dimension "
                            + DIMENSION);
        }
        return new VariantId(matcher.group(1), matcher.group(2));
    }

    /// As it is kept: endpoints' names are the same whatever their case.
    static VariantId kept(String resource) {
        return of(NAMESPACE, resource, DIMENSION);
    }

    /// The key of its records.
    String key() {
        return "endpoint/" + endpoint.toLowerCase(Locale.ROOT) + "/variant/" + variant;
    }

    /// The key of something that it has, by name.
    String key(String name) {
        return key() + "/" + name;
    }

    /// `endpoint/churn/variant/AllTraffic`.
    String resource() {
        return "endpoint/" + endpoint + "/variant/" + variant;
    }

    /// What a request filters a listing by: everything where it names nothing.
    ///
    /// @param resource null for all, as the SDK's getter says it
    /// @param dimension null for all
    static Filter filter(String namespace, @Nullable String resource, @Nullable String dimension) {
        if (dimension != null && resource == null) {
            throw AwsError.VALIDATION.of(
                    "ScalableDimension is given without a resource ID: give both.");
        }
        boolean ours =
                namespace.equals(NAMESPACE) && (dimension == null || dimension.equals(DIMENSION));
        Optional<String> key =
                Optional.ofNullable(resource)
                        .map(RESOURCE::matcher)
                        .filter(Matcher::matches)
                        .map(each -> new VariantId(each.group(1), each.group(2)).key());
        return new Filter(ours && (resource == null || key.isPresent()), key);
    }

    /// @param any whether anything can match
    /// @param key of the one that does; empty for all
    record Filter(boolean any, Optional<String> key) {
        boolean takes(String parent) {
            return any && key.map(parent::equals).orElse(true);
        }
    }

    /// `service namespace: sagemaker, resource ID: …, scalable dimension: …`, as errors say it.
    String inWords() {
        return "service namespace: "
                + NAMESPACE
                + ", resource ID: "
                + resource()
                + ", scalable dimension: "
                + DIMENSION;
    }
}
