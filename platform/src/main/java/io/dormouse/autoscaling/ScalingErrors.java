package io.dormouse.autoscaling;

import software.amazon.awssdk.services.applicationautoscaling.model.LimitExceededException;
import software.amazon.awssdk.services.applicationautoscaling.model.ObjectNotFoundException;

/// Application Auto Scaling's own errors, in its words.
final class ScalingErrors {
    private ScalingErrors() {}

    /// Something is asked for a variant that is not registered.
    static ObjectNotFoundException notRegistered(VariantId id) {
        return missing("No scalable target registered for " + id.inWords());
    }

    static ObjectNotFoundException noTarget(VariantId id) {
        return missing("No scalable target found for " + id.inWords());
    }

    /// A target has no such thing.
    ///
    /// @param kind such as `scaling policy`
    /// @param member how it is named, such as `policy name`
    static ObjectNotFoundException none(String kind, VariantId id, String member, String name) {
        return missing("No " + kind + " found for " + id.inWords() + ", " + member + ": " + name);
    }

    private static ObjectNotFoundException missing(String message) {
        return ObjectNotFoundException.builder().message(message).build();
    }

    /// There are as many as there may be.
    ///
    /// @param what such as `scaling policies of a scalable target`
    static LimitExceededException tooMany(int max, String what) {
        return LimitExceededException.builder()
                .message("There are " + max + " " + what + " already: delete some first")
                .build();
    }
}
