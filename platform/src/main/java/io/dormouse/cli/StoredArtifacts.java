package io.dormouse.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageSummary;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageType;

/// What buckets hold, by prefix and by model package, as AWS's own listings tell it.
///
/// @param packages in the order of the registry
record StoredArtifacts(List<StoredPrefix> prefixes, List<PackageArtifact> packages) {
    /// An artifact of a model package.
    ///
    /// @param name `churn/3`, or a name without versions
    /// @param bytes what the URI means now; nothing where there is no such object
    record PackageArtifact(String name, String status, String uri, Optional<Long> bytes) {}

    StoredArtifacts {
        prefixes = List.copyOf(prefixes);
        packages = List.copyOf(packages);
    }

    /// @param only the bucket to look at, or all
    static StoredArtifacts of(S3Client s3, SageMakerClient sageMaker, Optional<String> only) {
        List<PackageArtifact> packages = packages(sageMaker);
        Map<String, Long> sizes = new LinkedHashMap<>();
        packages.forEach(each -> sizes.put(each.uri(), 0L));
        Map<String, Long> found = new LinkedHashMap<>();
        List<StoredPrefix> prefixes =
                only
                        .map(List::of)
                        .orElseGet(() ->
                                s3.listBucketsPaginator(r -> r.maxBuckets(1000)).buckets().stream()
                                        .map(Bucket::name)
                                        .toList())
                        .stream()
                        .flatMap(bucket -> look(s3, bucket, sizes, found).values().stream())
                        .toList();
        return new StoredArtifacts(
                prefixes,
                packages.stream()
                        .filter(each ->
                                only.isEmpty() || each.uri().startsWith("s3://" + only.get() + "/"))
                        .map(each ->
                                new PackageArtifact(
                                        each.name(),
                                        each.status(),
                                        each.uri(),
                                        Optional.ofNullable(found.get(each.uri()))))
                        .toList());
    }

    long paidBytes() {
        return prefixes.stream().mapToLong(StoredPrefix::paidBytes).sum();
    }

    private static Map<String, StoredPrefix> look(
            S3Client s3, String bucket, Map<String, Long> wanted, Map<String, Long> found) {
        Map<String, StoredPrefix> prefixes = new TreeMap<>();
        prefixes.put("", StoredPrefix.empty(bucket, ""));
        List<String> folders = wanted.keySet().stream().filter(uri -> uri.endsWith("/")).toList();
        for (ObjectVersion version :
                s3.listObjectVersionsPaginator(r -> r.bucket(bucket)).versions()) {
            String prefix = prefix(version.key());
            if (!version.isLatest()) {
                add(prefixes, StoredPrefix.noncurrent(bucket, prefix, version.size()));
                continue;
            }
            add(prefixes, StoredPrefix.object(bucket, prefix, version.size()));
            String uri = "s3://" + bucket + "/" + version.key();
            if (wanted.containsKey(uri)) {
                found.put(uri, version.size());
            }
            folders.stream()
                    .filter(uri::startsWith)
                    .forEach(folder -> found.merge(folder, version.size(), Long::sum));
        }
        for (MultipartUpload upload :
                s3.listMultipartUploadsPaginator(r -> r.bucket(bucket)).uploads()) {
            long bytes = 0;
            for (Part part :
                    s3.listPartsPaginator(r ->
                                    r.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()))
                            .parts()) {
                bytes += part.size();
            }
            add(prefixes, StoredPrefix.upload(bucket, prefix(upload.key()), bytes));
        }
        if (prefixes.size() > 1) {
            prefixes.remove("", StoredPrefix.empty(bucket, ""));
        }
        return prefixes;
    }

    private static void add(Map<String, StoredPrefix> prefixes, StoredPrefix more) {
        prefixes.merge(more.prefix(), more, StoredPrefix::plus);
    }

    private static String prefix(String key) {
        return key.substring(0, key.indexOf('/') + 1);
    }

    private static List<PackageArtifact> packages(SageMakerClient sageMaker) {
        return sageMaker
                .listModelPackagesPaginator(
                        r -> r.modelPackageType(ModelPackageType.BOTH).maxResults(100))
                .stream()
                .flatMap(page -> page.modelPackageSummaryList().stream())
                .map(ModelPackageSummary::modelPackageArn)
                .map(arn -> sageMaker.describeModelPackage(r -> r.modelPackageName(arn)))
                .flatMap(each -> artifacts(each).stream())
                .toList();
    }

    private static List<PackageArtifact> artifacts(DescribeModelPackageResponse described) {
        String arn = described.modelPackageArn();
        String name = arn.substring(arn.indexOf('/') + 1);
        String status =
                described.modelApprovalStatus() == null
                        ? described.modelPackageStatusAsString()
                        : described.modelApprovalStatusAsString();
        if (described.inferenceSpecification() == null) {
            return List.of();
        }
        return described.inferenceSpecification().containers().stream()
                .flatMap(container -> uri(container).stream())
                .distinct()
                .map(uri -> new PackageArtifact(name, status, uri, Optional.empty()))
                .toList();
    }

    private static Optional<String> uri(ModelPackageContainerDefinition container) {
        return Optional.ofNullable(container.modelDataUrl())
                .or(() ->
                        Optional.ofNullable(container.modelDataSource())
                                .flatMap(source -> Optional.ofNullable(source.s3DataSource()))
                                .map(source -> source.s3Uri()));
    }
}
