package io.dormouse.topic;

import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.NotFoundException;

/// SNS's own errors, in its words.
final class TopicErrors {
    private TopicErrors() {}

    static NotFoundException noTopic() {
        return NotFoundException.builder().message("Topic does not exist").build();
    }

    static NotFoundException noSubscription() {
        return NotFoundException.builder().message("Subscription does not exist").build();
    }

    /// What a parameter must be instead.
    static InvalidParameterException invalid(String parameter, String why) {
        return InvalidParameterException.builder()
                .message("Invalid parameter: " + parameter + " Reason: " + why)
                .build();
    }
}
