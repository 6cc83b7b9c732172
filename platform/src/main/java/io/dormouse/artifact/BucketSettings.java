package io.dormouse.artifact;

import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.wire.s3.S3Error;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.DeleteBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketTaggingResponse;
import software.amazon.awssdk.services.s3.model.GetBucketAclResponse;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsResponse;
import software.amazon.awssdk.services.s3.model.GetBucketTaggingResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclResponse;
import software.amazon.awssdk.services.s3.model.GetPublicAccessBlockResponse;
import software.amazon.awssdk.services.s3.model.Grant;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.Permission;
import software.amazon.awssdk.services.s3.model.PutBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.PutBucketTaggingResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Type;

/// What clients ask of a bucket's settings: Terraform reads them all after each create. A setting
/// that cannot be made here is answered as AWS answers for a bucket where it was not made.
final class BucketSettings {
    private final Store store;
    private final Tags tags;

    BucketSettings(Store store) {
        this.store = store;
        this.tags = new Tags(store);
    }

    /// The answer for a setting whose absence is an error of its own.
    S3Exception absent(SdkPojo request, String bucket, S3Error error) {
        Buckets.required(store, request, bucket);
        return error.error();
    }

    /// The answer for a setting whose absence is an empty document.
    <T> T answer(SdkPojo request, String bucket, T answer) {
        Buckets.required(store, request, bucket);
        return answer;
    }

    private static String arn(String bucket) {
        return "arn:aws:s3:::" + bucket;
    }

    ///
    /// [GetBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html)
    GetBucketTaggingResponse tags(SdkPojo request, String bucket) {
        Buckets.required(store, request, bucket);
        Map<String, String> found = tags.of(arn(bucket));
        if (found.isEmpty()) {
            throw S3Error.NO_SUCH_TAG_SET.error();
        }
        List<Tag> set =
                found.entrySet().stream()
                        .map(each ->
                                Tag.builder().key(each.getKey()).value(each.getValue()).build())
                        .toList();
        return GetBucketTaggingResponse.builder().tagSet(set).build();
    }

    ///
    /// [PutBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html):
    /// the new set replaces the old one.
    PutBucketTaggingResponse tag(PutBucketTaggingRequest request) {
        if (request.tagging() == null) {
            throw S3Error.MALFORMED_XML.error();
        }
        Map<String, String> set = new LinkedHashMap<>();
        for (Tag tag : request.tagging().tagSet()) {
            if (tag.key() == null || tag.value() == null || set.containsKey(tag.key())) {
                throw S3Error.INVALID_TAG.error(
                        "Each tag needs a key, which is used once, and a value");
            }
            set.put(tag.key(), tag.value());
        }
        if (set.size() > Tags.TAGS_MAX) {
            throw S3Error.INVALID_TAG.error("A bucket can have at most " + Tags.TAGS_MAX + " tags");
        }
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            tags.removeAll(tx, arn(request.bucket()));
            tags.put(tx, arn(request.bucket()), set);
            return true;
        });
        return PutBucketTaggingResponse.builder().build();
    }

    ///
    /// [DeleteBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html)
    DeleteBucketTaggingResponse untag(DeleteBucketTaggingRequest request) {
        store.write(tx -> {
            Buckets.required(tx, request, request.bucket());
            tags.removeAll(tx, arn(request.bucket()));
            return true;
        });
        return DeleteBucketTaggingResponse.builder().build();
    }

    /// The owner may do everything, and nobody else anything: ACLs are off.
    private static Grant grant(Bucket bucket) {
        return Grant.builder()
                .grantee(grantee -> grantee.id(bucket.owner()).type(Type.CANONICAL_USER))
                .permission(Permission.FULL_CONTROL)
                .build();
    }

    GetBucketAclResponse acl(SdkPojo request, String name) {
        Bucket bucket = Buckets.required(store, request, name);
        return GetBucketAclResponse.builder()
                .owner(ListingAnswers.owner(bucket))
                .grants(grant(bucket))
                .build();
    }

    GetObjectAclResponse acl(GetObjectAclRequest request) {
        return store.read(query -> {
            ObjectReads.required(
                    query, request, request.bucket(), request.key(), request.versionId());
            Bucket bucket = Buckets.required(query, request, request.bucket());
            return GetObjectAclResponse.builder()
                    .owner(ListingAnswers.owner(bucket))
                    .grants(grant(bucket))
                    .build();
        });
    }

    GetBucketOwnershipControlsResponse ownership(SdkPojo request, String bucket) {
        Buckets.required(store, request, bucket);
        OwnershipControlsRule rule =
                OwnershipControlsRule.builder()
                        .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
                        .build();
        return GetBucketOwnershipControlsResponse.builder()
                .ownershipControls(controls -> controls.rules(rule))
                .build();
    }

    GetPublicAccessBlockResponse publicAccess(SdkPojo request, String bucket) {
        Buckets.required(store, request, bucket);
        return GetPublicAccessBlockResponse.builder()
                .publicAccessBlockConfiguration(block ->
                        block.blockPublicAcls(true)
                                .ignorePublicAcls(true)
                                .blockPublicPolicy(true)
                                .restrictPublicBuckets(true))
                .build();
    }
}
