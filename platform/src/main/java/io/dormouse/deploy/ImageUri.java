package io.dormouse.deploy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The URI of a container image in ECR.
///
/// @param account whose registry it is
/// @param reference tag, or digest with its `sha256:`
record ImageUri(String account, String region, String repository, String reference) {
    private static final Pattern ECR =
            Pattern.compile(
                    "([0-9]{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/"
                            + "([a-z0-9._/-]+)(?:@(sha256:[0-9a-f]{64})|:([\\w.-]+))?");

    /// Empty where it is in another registry.
    static Optional<ImageUri> of(String uri) {
        Matcher parts = ECR.matcher(uri);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String digest = Optional.ofNullable(parts.group(4)).orElse("");
        String tag = Optional.ofNullable(parts.group(5)).orElse("latest");
        return Optional.of(
                new ImageUri(
                        parts.group(1),
                        parts.group(2),
                        parts.group(3),
                        digest.isEmpty() ? tag : digest));
    }

    boolean isDigest() {
        return reference.startsWith("sha256:");
    }
}
