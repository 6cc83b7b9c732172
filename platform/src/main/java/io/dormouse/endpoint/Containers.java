package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.AdditionalInferenceSpecificationDefinition;
import software.amazon.awssdk.services.sagemaker.model.ContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ContainerMode;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.S3ModelDataSource;
import software.amazon.awssdk.services.sagemaker.model.S3ModelDataType;

/// Checks container definitions as CreateModel does, and completes them: one that names a model
/// package gets the package's image, artifact and environment.
public final class Containers {
    private final SageMakerClient packages;
    private final S3Client s3;
    private final Images images;

    /// @param packages answers DescribeModelPackage
    /// @param s3 where artifacts are looked for
    public Containers(SageMakerClient packages, S3Client s3, Images images) {
        this.packages = packages;
        this.s3 = s3;
        this.images = images;
    }

    /// The definition with everything that serving needs.
    ///
    /// @param role who reads the artifact: only named in the sentence; empty where none was given
    ContainerDefinition complete(ContainerDefinition given, String role) {
        ContainerDefinition container =
                given.modelPackageName() == null ? given : fromPackage(given);
        if (container.image() == null) {
            throw AwsError.VALIDATION.of(
                    "Container definition has no Image: give an Image, or a ModelPackageName whose"
                            + " inference specification has one.");
        }
        Optional<String> trouble = images.trouble(container.image());
        if (trouble.isPresent()) {
            throw AwsError.VALIDATION.of(
                    "Requested image " + container.image() + " not found. " + trouble.get());
        }
        if (container.modelDataUrl() != null && container.modelDataSource() != null) {
            throw AwsError.VALIDATION.of(
                    "Container definition has both ModelDataUrl and ModelDataSource: give one of"
                            + " them.");
        }
        checkServed(container);
        artifact(container).ifPresent(url -> checkReadable(url, role));
        return container.mode() == null
                ? container.toBuilder().mode(ContainerMode.SINGLE_MODEL).build()
                : container;
    }

    /// Where the container's model is; empty where it has none outside its image.
    static Optional<String> artifact(ContainerDefinition container) {
        if (container.modelDataSource() != null
                && container.modelDataSource().s3DataSource() != null) {
            return Optional.of(container.modelDataSource().s3DataSource().s3Uri());
        }
        return Optional.ofNullable(container.modelDataUrl());
    }

    private static void checkServed(ContainerDefinition container) {
        if (container.mode() == ContainerMode.MULTI_MODEL) {
            throw AwsError.VALIDATION.of(
                    "Mode MultiModel is not served by this platform, nor by serverless endpoints:"
                            + " use SingleModel.");
        }
        S3ModelDataSource source =
                container.modelDataSource() == null
                        ? S3ModelDataSource.builder().build()
                        : container.modelDataSource().s3DataSource();
        if (source != null && source.s3DataType() == S3ModelDataType.S3_PREFIX) {
            throw AwsError.VALIDATION.of(
                    "ModelDataSource.S3DataSource.S3DataType S3Prefix is not served by this"
                            + " platform: use S3Object, with a model.tar.gz or the model's file.");
        }
        if (container.hasAdditionalModelDataSources()
                && !container.additionalModelDataSources().isEmpty()) {
            throw AwsError.VALIDATION.of(
                    "AdditionalModelDataSources are not served by this platform: put the files into"
                            + " the model's archive.");
        }
    }

    private void checkReadable(String url, String role) {
        String path = url.startsWith("s3://") ? url.substring("s3://".length()) : "";
        int slash = path.indexOf('/');
        if (slash < 1 || slash == path.length() - 1) {
            throw AwsError.VALIDATION.of(
                    "Invalid model data location "
                            + url
                            + ": expected the URL of an object in S3, s3://bucket/key.");
        }
        String bucket = path.substring(0, slash);
        String key = path.substring(slash + 1);
        try {
            s3.headObject(r -> r.bucket(bucket).key(key));
        } catch (AwsServiceException e) {
            throw AwsError.VALIDATION.of(notReadable(url, role));
        }
    }

    private static String notReadable(String url, String role) {
        return "Could not access model data at "
                + url
                + ". Please ensure that the role \""
                + role
                + "\" exists and that its trust relationship policy allows the action"
                + " \"sts:AssumeRole\" for the service principal \"sagemaker.amazonaws.com\"."
                + " Also ensure that the role has \"s3:GetObject\" permissions and that the object"
                + " is located in "
                + Caller.current().region()
                + ".";
    }

    private ContainerDefinition fromPackage(ContainerDefinition given) {
        DescribeModelPackageResponse described =
                packages.describeModelPackage(r -> r.modelPackageName(given.modelPackageName()));
        if (described.modelPackageVersion() != null
                && described.modelApprovalStatus() != ModelApprovalStatus.APPROVED) {
            throw AwsError.VALIDATION.of(
                    "Cannot create a model from ModelPackage "
                            + described.modelPackageArn()
                            + ": its ModelApprovalStatus is "
                            + described.modelApprovalStatusAsString()
                            + ", and only an Approved version can be deployed.");
        }
        if (given.image() != null || artifact(given).isPresent()) {
            throw AwsError.VALIDATION.of(
                    "Container definition has a ModelPackageName and an Image or model data of its"
                            + " own: give one of them.");
        }
        return merge(given, container(described, given.inferenceSpecificationName()));
    }

    private static ModelPackageContainerDefinition container(
            DescribeModelPackageResponse described, String specification) {
        List<ModelPackageContainerDefinition> containers;
        if (specification != null) {
            containers =
                    described.additionalInferenceSpecifications().stream()
                            .filter(each -> each.name().equals(specification))
                            .findFirst()
                            .map(AdditionalInferenceSpecificationDefinition::containers)
                            .orElseThrow(() ->
                                    AwsError.VALIDATION.of(
                                            "ModelPackage "
                                                    + described.modelPackageArn()
                                                    + " has no inference specification named \""
                                                    + specification
                                                    + "\"."));
        } else {
            containers =
                    described.inferenceSpecification() == null
                            ? List.of()
                            : described.inferenceSpecification().containers();
        }
        if (containers.size() != 1) {
            throw AwsError.VALIDATION.of(
                    "ModelPackage "
                            + described.modelPackageArn()
                            + " has an inference specification with "
                            + containers.size()
                            + " containers: a model is made from exactly one.");
        }
        return containers.getFirst();
    }

    private static ContainerDefinition merge(
            ContainerDefinition given, ModelPackageContainerDefinition packaged) {
        Map<String, String> environment = new HashMap<>(packaged.environment());
        environment.putAll(given.environment());
        ContainerDefinition.Builder merged =
                given.toBuilder().image(packaged.image()).modelDataUrl(packaged.modelDataUrl());
        if (packaged.modelDataUrl() == null) {
            merged.modelDataSource(packaged.modelDataSource());
        }
        if (!environment.isEmpty()) {
            merged.environment(environment);
        }
        return merged.build();
    }

    /// The only container of a model, where it has just one.
    static Optional<ContainerDefinition> single(DescribeModelResponse model) {
        if (model.primaryContainer() != null) {
            return Optional.of(model.primaryContainer());
        }
        return model.containers().size() == 1
                ? Optional.of(model.containers().getFirst())
                : Optional.empty();
    }
}
