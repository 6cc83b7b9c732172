package io.dormouse.wire.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// All of S3's operations: the one that a request means is the first that fits of those that demand
/// most. Those that nobody serves are here too, lest `PUT /bucket/key?acl` overwrite the object.
final class S3Operations {
    /// Name, method, level, query, headers. A test holds it to the SDK's own bindings.
    private static final String TABLE =
            """
            AbortMultipartUpload DELETE OBJECT uploadId -
            CompleteMultipartUpload POST OBJECT uploadId -
            CopyObject PUT OBJECT - x-amz-copy-source
            CreateBucket PUT BUCKET - -
            CreateBucketMetadataConfiguration POST BUCKET metadataConfiguration -
            CreateBucketMetadataTableConfiguration POST BUCKET metadataTable -
            CreateMultipartUpload POST OBJECT uploads -
            DeleteBucket DELETE BUCKET - -
            DeleteBucketAnalyticsConfiguration DELETE BUCKET analytics&id -
            DeleteBucketCors DELETE BUCKET cors -
            DeleteBucketEncryption DELETE BUCKET encryption -
            DeleteBucketIntelligentTieringConfiguration DELETE BUCKET intelligent-tiering&id -
            DeleteBucketInventoryConfiguration DELETE BUCKET inventory&id -
            DeleteBucketLifecycle DELETE BUCKET lifecycle -
            DeleteBucketMetadataConfiguration DELETE BUCKET metadataConfiguration -
            DeleteBucketMetadataTableConfiguration DELETE BUCKET metadataTable -
            DeleteBucketMetricsConfiguration DELETE BUCKET metrics&id -
            DeleteBucketOwnershipControls DELETE BUCKET ownershipControls -
            DeleteBucketPolicy DELETE BUCKET policy -
            DeleteBucketReplication DELETE BUCKET replication -
            DeleteBucketTagging DELETE BUCKET tagging -
            DeleteBucketWebsite DELETE BUCKET website -
            DeleteObject DELETE OBJECT - -
            DeleteObjectTagging DELETE OBJECT tagging -
            DeleteObjects POST BUCKET delete -
            DeletePublicAccessBlock DELETE BUCKET publicAccessBlock -
            GetBucketAbac GET BUCKET abac -
            GetBucketAccelerateConfiguration GET BUCKET accelerate -
            GetBucketAcl GET BUCKET acl -
            GetBucketAnalyticsConfiguration GET BUCKET analytics&id -
            GetBucketCors GET BUCKET cors -
            GetBucketEncryption GET BUCKET encryption -
            GetBucketIntelligentTieringConfiguration GET BUCKET intelligent-tiering&id -
            GetBucketInventoryConfiguration GET BUCKET inventory&id -
            GetBucketLifecycleConfiguration GET BUCKET lifecycle -
            GetBucketLocation GET BUCKET location -
            GetBucketLogging GET BUCKET logging -
            GetBucketMetadataConfiguration GET BUCKET metadataConfiguration -
            GetBucketMetadataTableConfiguration GET BUCKET metadataTable -
            GetBucketMetricsConfiguration GET BUCKET metrics&id -
            GetBucketNotificationConfiguration GET BUCKET notification -
            GetBucketOwnershipControls GET BUCKET ownershipControls -
            GetBucketPolicy GET BUCKET policy -
            GetBucketPolicyStatus GET BUCKET policyStatus -
            GetBucketReplication GET BUCKET replication -
            GetBucketRequestPayment GET BUCKET requestPayment -
            GetBucketTagging GET BUCKET tagging -
            GetBucketVersioning GET BUCKET versioning -
            GetBucketWebsite GET BUCKET website -
            GetObject GET OBJECT - -
            GetObjectAcl GET OBJECT acl -
            GetObjectAttributes GET OBJECT attributes x-amz-object-attributes
            GetObjectLegalHold GET OBJECT legal-hold -
            GetObjectLockConfiguration GET BUCKET object-lock -
            GetObjectRetention GET OBJECT retention -
            GetObjectTagging GET OBJECT tagging -
            GetObjectTorrent GET OBJECT torrent -
            GetPublicAccessBlock GET BUCKET publicAccessBlock -
            HeadBucket HEAD BUCKET - -
            HeadObject HEAD OBJECT - -
            ListBucketAnalyticsConfigurations GET BUCKET analytics -
            ListBucketIntelligentTieringConfigurations GET BUCKET intelligent-tiering -
            ListBucketInventoryConfigurations GET BUCKET inventory -
            ListBucketMetricsConfigurations GET BUCKET metrics -
            ListBuckets GET SERVICE - -
            ListMultipartUploads GET BUCKET uploads -
            ListObjectVersions GET BUCKET versions -
            ListObjects GET BUCKET - -
            ListObjectsV2 GET BUCKET list-type=2 -
            ListParts GET OBJECT uploadId -
            PutBucketAbac PUT BUCKET abac -
            PutBucketAccelerateConfiguration PUT BUCKET accelerate -
            PutBucketAcl PUT BUCKET acl -
            PutBucketAnalyticsConfiguration PUT BUCKET analytics&id -
            PutBucketCors PUT BUCKET cors -
            PutBucketEncryption PUT BUCKET encryption -
            PutBucketIntelligentTieringConfiguration PUT BUCKET intelligent-tiering&id -
            PutBucketInventoryConfiguration PUT BUCKET inventory&id -
            PutBucketLifecycleConfiguration PUT BUCKET lifecycle -
            PutBucketLogging PUT BUCKET logging -
            PutBucketMetricsConfiguration PUT BUCKET metrics&id -
            PutBucketNotificationConfiguration PUT BUCKET notification -
            PutBucketOwnershipControls PUT BUCKET ownershipControls -
            PutBucketPolicy PUT BUCKET policy -
            PutBucketReplication PUT BUCKET replication -
            PutBucketRequestPayment PUT BUCKET requestPayment -
            PutBucketTagging PUT BUCKET tagging -
            PutBucketVersioning PUT BUCKET versioning -
            PutBucketWebsite PUT BUCKET website -
            PutObject PUT OBJECT - -
            PutObjectAcl PUT OBJECT acl -
            PutObjectLegalHold PUT OBJECT legal-hold -
            PutObjectLockConfiguration PUT BUCKET object-lock -
            PutObjectRetention PUT OBJECT retention -
            PutObjectTagging PUT OBJECT tagging -
            PutPublicAccessBlock PUT BUCKET publicAccessBlock -
            RenameObject PUT OBJECT renameObject x-amz-rename-source
            RestoreObject POST OBJECT restore -
            UpdateBucketMetadataInventoryTableConfiguration PUT BUCKET metadataInventoryTable -
            UpdateBucketMetadataJournalTableConfiguration PUT BUCKET metadataJournalTable -
            UploadPart PUT OBJECT partNumber&uploadId -
            UploadPartCopy PUT OBJECT partNumber&uploadId x-amz-copy-source
            """;

    static final List<S3Operation> ALL = parse();

    private S3Operations() {}

    private static List<S3Operation> parse() {
        List<S3Operation> all = new ArrayList<>();
        for (String row : TABLE.strip().split("\n", -1)) {
            String[] cells = row.strip().split(" ", 5);
            Map<String, String> query = new LinkedHashMap<>();
            for (String each : listed(cells[3], "&")) {
                int equals = each.indexOf('=');
                query.put(
                        equals < 0 ? each : each.substring(0, equals),
                        equals < 0 ? "" : each.substring(equals + 1));
            }
            all.add(
                    new S3Operation(
                            cells[0],
                            cells[1],
                            Level.valueOf(cells[2]),
                            query,
                            listed(cells[4].toLowerCase(Locale.ROOT), " ")));
        }
        all.sort(Comparator.comparingInt((S3Operation operation) -> -operation.weight()));
        return List.copyOf(all);
    }

    private static List<String> listed(String cell, String separator) {
        return cell.equals("-") ? List.of() : Arrays.asList(cell.split(separator, -1));
    }

    static Optional<S3Operation> find(
            String method, Level level, Map<String, String> query, Map<String, ?> headers) {
        return ALL.stream().filter(each -> each.fits(method, level, query, headers)).findFirst();
    }
}
