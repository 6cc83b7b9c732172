package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.aws.EventDetail;
import io.dormouse.store.Tx;
import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// The kinds of this room, with their ARNs and the sentences that AWS's clients look for.
enum Resource {
    MODEL("model", "model", "Model"),
    CONFIG("endpoint-config", "endpoint configuration", "Endpoint Config"),
    ENDPOINT("endpoint", "endpoint", "Endpoint");

    private final String path;
    private final String noun;
    private final String title;

    Resource(String path, String noun, String title) {
        this.path = path;
        this.noun = noun;
        this.title = title;
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

    /// Appends to the change feed that one of them has changed.
    void tell(Tx tx, String arn, String detail) {
        tx.append(EventDetail.SOURCE, "SageMaker " + title + " State Change", arn, detail);
    }

    AwsServiceException missing(String name) {
        return AwsError.VALIDATION.of("Could not find " + noun + " \"" + arn(name) + "\".");
    }

    AwsServiceException taken(String name) {
        return AwsError.VALIDATION.of(
                "Cannot create already existing " + noun + " \"" + arn(name) + "\".");
    }
}
