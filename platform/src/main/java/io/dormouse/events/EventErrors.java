package io.dormouse.events;

import io.dormouse.aws.AwsError;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException;

/// EventBridge's own errors, in its words.
final class EventErrors {
    private EventErrors() {}

    static ResourceNotFoundException noBus(String name) {
        return missing("Event bus " + name + " does not exist.");
    }

    static ResourceNotFoundException noRule(RuleKey key) {
        return missing("Rule " + key.name() + " does not exist on EventBus " + key.bus() + ".");
    }

    static ResourceNotFoundException missing(String message) {
        return ResourceNotFoundException.builder().message(message).build();
    }

    static AwsServiceException invalid(String message) {
        return AwsError.VALIDATION.of(message);
    }
}
