package io.dormouse.wire.s3;

import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketLifecycleRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketAccelerateConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketAclRequest;
import software.amazon.awssdk.services.s3.model.GetBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLocationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLoggingRequest;
import software.amazon.awssdk.services.s3.model.GetBucketNotificationConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyStatusRequest;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentRequest;
import software.amazon.awssdk.services.s3.model.GetBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetBucketWebsiteRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetPublicAccessBlockRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketNotificationConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// The operations that are served, and how. An operation of [S3Operations] that is not here is
/// answered `NotImplemented`.
final class Calls {
    static final Map<String, Call> SERVED = served();

    private Calls() {}

    private static Map<String, Call> served() {
        Map<String, Call> calls = new LinkedHashMap<>();
        ofBuckets(calls);
        ofSettings(calls);
        ofObjects(calls);
        return Map.copyOf(calls);
    }

    private static void ofBuckets(Map<String, Call> calls) {
        calls.put("CreateBucket", Call.plain(CreateBucketRequest::builder, S3Client::createBucket));
        calls.put("DeleteBucket", Call.plain(DeleteBucketRequest::builder, S3Client::deleteBucket));
        calls.put(
                "GetBucketLocation",
                Call.plain(GetBucketLocationRequest::builder, S3Client::getBucketLocation));
        calls.put("HeadBucket", Call.plain(HeadBucketRequest::builder, S3Client::headBucket));
        calls.put("ListBuckets", Call.plain(ListBucketsRequest::builder, S3Client::listBuckets));
        calls.put(
                "DeleteBucketTagging",
                Call.plain(DeleteBucketTaggingRequest::builder, S3Client::deleteBucketTagging));
        calls.put(
                "GetBucketNotificationConfiguration",
                Call.plain(
                        GetBucketNotificationConfigurationRequest::builder,
                        S3Client::getBucketNotificationConfiguration));
        calls.put(
                "GetBucketOwnershipControls",
                Call.plain(
                        GetBucketOwnershipControlsRequest::builder,
                        S3Client::getBucketOwnershipControls));
        calls.put(
                "GetBucketPolicy",
                Call.plain(GetBucketPolicyRequest::builder, S3Client::getBucketPolicy));
        calls.put(
                "GetBucketPolicyStatus",
                Call.plain(GetBucketPolicyStatusRequest::builder, S3Client::getBucketPolicyStatus));
        calls.put(
                "GetBucketReplication",
                Call.plain(GetBucketReplicationRequest::builder, S3Client::getBucketReplication));
        calls.put(
                "GetBucketRequestPayment",
                Call.plain(
                        GetBucketRequestPaymentRequest::builder,
                        S3Client::getBucketRequestPayment));
        calls.put(
                "GetBucketTagging",
                Call.plain(GetBucketTaggingRequest::builder, S3Client::getBucketTagging));
        calls.put(
                "GetBucketVersioning",
                Call.plain(GetBucketVersioningRequest::builder, S3Client::getBucketVersioning));
        calls.put(
                "GetBucketWebsite",
                Call.plain(GetBucketWebsiteRequest::builder, S3Client::getBucketWebsite));
        calls.put(
                "GetPublicAccessBlock",
                Call.plain(GetPublicAccessBlockRequest::builder, S3Client::getPublicAccessBlock));
        calls.put(
                "PutBucketTagging",
                Call.plain(PutBucketTaggingRequest::builder, S3Client::putBucketTagging));
    }

    private static void ofSettings(Map<String, Call> calls) {
        calls.put(
                "GetBucketAccelerateConfiguration",
                Call.plain(
                        GetBucketAccelerateConfigurationRequest::builder,
                        S3Client::getBucketAccelerateConfiguration));
        calls.put("GetBucketAcl", Call.plain(GetBucketAclRequest::builder, S3Client::getBucketAcl));
        calls.put(
                "GetBucketCors",
                Call.plain(GetBucketCorsRequest::builder, S3Client::getBucketCors));
        calls.put(
                "PutBucketCors",
                Call.plain(PutBucketCorsRequest::builder, S3Client::putBucketCors));
        calls.put(
                "DeleteBucketCors",
                Call.plain(DeleteBucketCorsRequest::builder, S3Client::deleteBucketCors));
        calls.put(
                "GetBucketEncryption",
                Call.plain(GetBucketEncryptionRequest::builder, S3Client::getBucketEncryption));
        calls.put(
                "GetBucketLifecycleConfiguration",
                Call.plain(
                        GetBucketLifecycleConfigurationRequest::builder,
                        S3Client::getBucketLifecycleConfiguration));
        calls.put(
                "GetBucketLogging",
                Call.plain(GetBucketLoggingRequest::builder, S3Client::getBucketLogging));
        calls.put(
                "PutBucketLifecycleConfiguration",
                Call.plain(
                        PutBucketLifecycleConfigurationRequest::builder,
                        S3Client::putBucketLifecycleConfiguration));
        calls.put(
                "DeleteBucketLifecycle",
                Call.plain(DeleteBucketLifecycleRequest::builder, S3Client::deleteBucketLifecycle));
        calls.put(
                "PutBucketNotificationConfiguration",
                Call.plain(
                        PutBucketNotificationConfigurationRequest::builder,
                        S3Client::putBucketNotificationConfiguration));
        calls.put(
                "PutBucketVersioning",
                Call.plain(PutBucketVersioningRequest::builder, S3Client::putBucketVersioning));
        calls.put(
                "GetObjectLockConfiguration",
                Call.plain(
                        GetObjectLockConfigurationRequest::builder,
                        S3Client::getObjectLockConfiguration));
    }

    private static void ofObjects(Map<String, Call> calls) {
        calls.put(
                "AbortMultipartUpload",
                Call.plain(AbortMultipartUploadRequest::builder, S3Client::abortMultipartUpload));
        calls.put(
                "CompleteMultipartUpload",
                Call.plain(
                        CompleteMultipartUploadRequest::builder,
                        S3Client::completeMultipartUpload));
        calls.put("CopyObject", Call.plain(CopyObjectRequest::builder, S3Client::copyObject));
        calls.put(
                "CreateMultipartUpload",
                Call.plain(CreateMultipartUploadRequest::builder, S3Client::createMultipartUpload));
        calls.put("DeleteObject", Call.plain(DeleteObjectRequest::builder, S3Client::deleteObject));
        calls.put(
                "DeleteObjectTagging",
                Call.plain(DeleteObjectTaggingRequest::builder, S3Client::deleteObjectTagging));
        calls.put(
                "DeleteObjects",
                Call.plain(DeleteObjectsRequest::builder, S3Client::deleteObjects));
        calls.put("GetObjectAcl", Call.plain(GetObjectAclRequest::builder, S3Client::getObjectAcl));
        calls.put(
                "GetObjectAttributes",
                Call.plain(GetObjectAttributesRequest::builder, S3Client::getObjectAttributes));
        calls.put(
                "GetObjectTagging",
                Call.plain(GetObjectTaggingRequest::builder, S3Client::getObjectTagging));
        calls.put("HeadObject", Call.plain(HeadObjectRequest::builder, S3Client::headObject));
        calls.put(
                "ListMultipartUploads",
                Call.plain(ListMultipartUploadsRequest::builder, S3Client::listMultipartUploads));
        calls.put(
                "ListObjectVersions",
                Call.plain(ListObjectVersionsRequest::builder, S3Client::listObjectVersions));
        calls.put("ListObjects", Call.plain(ListObjectsRequest::builder, S3Client::listObjects));
        calls.put(
                "ListObjectsV2",
                Call.plain(ListObjectsV2Request::builder, S3Client::listObjectsV2));
        calls.put("ListParts", Call.plain(ListPartsRequest::builder, S3Client::listParts));
        calls.put(
                "PutObjectTagging",
                Call.plain(PutObjectTaggingRequest::builder, S3Client::putObjectTagging));
        calls.put(
                "UploadPartCopy",
                Call.plain(UploadPartCopyRequest::builder, S3Client::uploadPartCopy));
        calls.put("PutObject", Call.receiving(PutObjectRequest::builder, S3Client::putObject));
        calls.put("UploadPart", Call.receiving(UploadPartRequest::builder, S3Client::uploadPart));
        calls.put("GetObject", new Call.Sending());
    }
}
