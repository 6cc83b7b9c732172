package io.dormouse.artifact;

import java.util.Optional;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/// Members of requests by name, for what many requests have and no interface of the SDK says.
final class Members {
    private Members() {}

    static Optional<String> text(SdkPojo request, String member) {
        for (SdkField<?> field : request.sdkFields()) {
            if (field.memberName().equals(member)) {
                return Optional.ofNullable(field.getValueOrDefault(request)).map(Object::toString);
            }
        }
        return Optional.empty();
    }
}
