package io.dormouse.artifact;

import io.dormouse.aws.Caller;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import io.dormouse.wire.s3.S3Error;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.EventBridgeConfiguration;
import software.amazon.awssdk.services.s3.model.GetBucketNotificationConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketNotificationConfigurationResponse;
import software.amazon.awssdk.services.s3.model.NotificationConfiguration;
import software.amazon.awssdk.services.s3.model.PutBucketNotificationConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketNotificationConfigurationResponse;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What EventBridge is told of a bucket's objects, where the bucket says so: appended to the change
/// feed in the transaction of the change.
///
/// AWS page: [event message
/// structure](https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html). Of its members
/// `request-id` and `source-ip-address` are left out: a room does not know the request.
final class Notifications {
    /// Why an object went that nobody asked to delete.
    static final String EXPIRATION = "Lifecycle Expiration";

    static final String SETTING = "eventbridge";
    private static final String SOURCE = "aws.s3";

    private Notifications() {}

    ///
    /// [PutBucketNotificationConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html)
    static PutBucketNotificationConfigurationResponse put(
            Store store, PutBucketNotificationConfigurationRequest request) {
        NotificationConfiguration asked =
                Optional.ofNullable(request.notificationConfiguration())
                        .orElseThrow(S3Error.MALFORMED_XML::error);
        if (!asked.queueConfigurations().isEmpty()
                || !asked.topicConfigurations().isEmpty()
                || !asked.lambdaFunctionConfigurations().isEmpty()) {
            throw S3Error.NOT_IMPLEMENTED.error(
                    "Of notifications EventBridgeConfiguration is implemented: have a rule of"
                            + " EventBridge send the events of aws.s3 to a queue or topic");
        }
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            if (asked.eventBridgeConfiguration() == null) {
                Setting.remove(tx, request.bucket(), SETTING);
            } else {
                Setting.put(tx, request.bucket(), SETTING, "on");
            }
            return true;
        });
        return PutBucketNotificationConfigurationResponse.builder().build();
    }

    ///
    /// [GetBucketNotificationConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html)
    static GetBucketNotificationConfigurationResponse get(
            Store store, GetBucketNotificationConfigurationRequest request) {
        boolean isOn =
                store.read(query -> {
                    Buckets.required(query, request, request.bucket());
                    return isOn(query, request.bucket());
                });
        GetBucketNotificationConfigurationResponse.Builder response =
                GetBucketNotificationConfigurationResponse.builder();
        return isOn
                ? response.eventBridgeConfiguration(EventBridgeConfiguration.builder().build())
                        .build()
                : response.build();
    }

    private static boolean isOn(Query query, String bucket) {
        return Setting.get(query, bucket, SETTING).isPresent();
    }

    /// Tells of a version that came into being.
    static void created(Tx tx, Version version, SdkPojo request) {
        if (!isOn(tx, version.bucket())) {
            return;
        }
        ObjectNode detail = detail(tx, version);
        ((ObjectNode) detail.get("object")).put("size", version.bytes());
        ((ObjectNode) detail.get("object")).put("etag", version.etag());
        detail.put("requester", Caller.current().account());
        detail.put(
                "reason",
                switch (request) {
                    case CopyObjectRequest _ -> "CopyObject";
                    case CompleteMultipartUploadRequest _ -> "CompleteMultipartUpload";
                    default -> "PutObject";
                });
        tell(tx, version, "Object Created", detail);
    }

    /// Tells of a version that went, or of the delete marker that hides its key.
    ///
    /// @param reason `DeleteObject`, or [#EXPIRATION]
    static void deleted(Tx tx, Version version, boolean isMarkerMade, String reason) {
        if (!isOn(tx, version.bucket())) {
            return;
        }
        ObjectNode detail = detail(tx, version);
        if (!version.isMarker()) {
            ((ObjectNode) detail.get("object")).put("etag", version.etag());
        }
        detail.put(
                "requester",
                reason.equals(EXPIRATION) ? "s3.amazonaws.com" : Caller.current().account());
        detail.put("reason", reason);
        detail.put("deletion-type", isMarkerMade ? "Delete Marker Created" : "Permanently Deleted");
        tell(tx, version, "Object Deleted", detail);
    }

    /// Tells of a version whose tags changed.
    static void tagged(Tx tx, Version version, boolean isAdded) {
        if (isOn(tx, version.bucket())) {
            ObjectNode detail = detail(tx, version);
            ((ObjectNode) detail.get("object")).put("etag", version.etag());
            detail.put("requester", Caller.current().account());
            tell(tx, version, isAdded ? "Object Tags Added" : "Object Tags Deleted", detail);
        }
    }

    private static ObjectNode detail(Tx tx, Version version) {
        ObjectNode detail = JsonNodeFactory.instance.objectNode();
        detail.put("version", "0");
        detail.putObject("bucket").put("name", version.bucket());
        ObjectNode object = detail.putObject("object").put("key", version.key());
        version.shownId().ifPresent(id -> object.put("version-id", id));
        long order = tx.number("SELECT max(seq) FROM feed") + 1;
        object.put("sequencer", String.format(Locale.ROOT, "%018X", order));
        return detail;
    }

    private static void tell(Tx tx, Version version, String type, ObjectNode detail) {
        tx.append(SOURCE, type, "arn:aws:s3:::" + version.bucket(), detail.toString());
    }
}
