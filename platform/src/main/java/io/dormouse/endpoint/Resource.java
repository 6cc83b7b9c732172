package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// The kinds of this room, with their ARNs and the sentences that AWS's clients look for.
enum Resource {
    MODEL("model", "model"),
    CONFIG("endpoint-config", "endpoint configuration"),
    ENDPOINT("endpoint", "endpoint");

    private final String path;
    private final String noun;

    Resource(String path, String noun) {
        this.path = path;
        this.noun = noun;
    }

    /// What records of this kind are kept by. Names are unique without regard to case.
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    String kind() {
        return path;
    }

    /// With the name in lower case, as AWS does.
    String arn(String name) {
        return Caller.current().resource("sagemaker", path + "/" + key(name));
    }

    AwsServiceException missing(String name) {
        return AwsError.VALIDATION.of("Could not find " + noun + " \"" + arn(name) + "\".");
    }

    AwsServiceException taken(String name) {
        return AwsError.VALIDATION.of(
                "Cannot create already existing " + noun + " \"" + arn(name) + "\".");
    }
}
