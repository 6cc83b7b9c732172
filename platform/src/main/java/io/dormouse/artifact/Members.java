package io.dormouse.artifact;

import java.util.Optional;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;

/// Members of requests by name, for what many requests have and no interface of the SDK says.
final class Members {
    private Members() {}

    /// What a request says of the owner of a copy's source, in the form of a request about that
    /// source.
    static SdkPojo sourceOwner(SdkPojo request) {
        return HeadObjectRequest.builder()
                .expectedBucketOwner(text(request, "ExpectedSourceBucketOwner").orElse(null))
                .build();
    }

    static Optional<String> text(SdkPojo request, String member) {
        for (SdkField<?> field : request.sdkFields()) {
            if (field.memberName().equals(member)) {
                return Optional.ofNullable(field.getValueOrDefault(request)).map(Object::toString);
            }
        }
        return Optional.empty();
    }
}
