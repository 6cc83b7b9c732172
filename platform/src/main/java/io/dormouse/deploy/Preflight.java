package io.dormouse.deploy;

import io.dormouse.definition.Definition;
import io.dormouse.definition.Desired;
import io.dormouse.definition.Framework;
import io.dormouse.deploy.Finding.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.ecr.model.ImageDetail;
import software.amazon.awssdk.services.ecr.model.ImageIdentifier;
import software.amazon.awssdk.services.ecr.model.ImageNotFoundException;
import software.amazon.awssdk.services.ecr.model.RepositoryNotFoundException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.s3.S3Client;

/// What AWS would refuse or ignore, found before anything is created, all at once. It only reads.
///
/// AWS pages: [serverless
/// endpoints](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html) (what they
/// lack), [quotas](https://docs.aws.amazon.com/general/latest/gr/sagemaker.html).
public final class Preflight {
    /// Of a request, and of an answer.
    static final long PAYLOAD_BYTES_MAX = 4L << 20;

    /// Of a container image.
    static final long IMAGE_BYTES_MAX = 10L << 30;

    /// An instance's disk, whatever its memory.
    static final long DISK_BYTES = 5L << 30;

    /// Characters of a variable of the container's environment.
    private static final int ENVIRONMENT_VALUE_MAX = 1024;

    private final String account;
    private final String region;
    private final S3Client s3;
    private final IamClient iam;
    private final EcrClient ecr;
    private final List<Finding> findings = new ArrayList<>();

    public Preflight(String account, String region, S3Client s3, IamClient iam, EcrClient ecr) {
        this.account = account;
        this.region = region;
        this.s3 = s3;
        this.iam = iam;
        this.ecr = ecr;
    }

    /// Looks for all of it.
    ///
    /// @param desired what would be created; its role may be empty where none was named
    /// @param payloadBytes 0 for none
    /// @param modelBytes of the model's archive on this machine; 0 where it is in S3
    public List<Finding> check(Desired desired, long payloadBytes, long modelBytes) {
        findings.clear();
        checkRegion();
        checkPayload(payloadBytes);
        checkModel(desired.definition(), modelBytes);
        checkImage(desired);
        checkRole(desired.roleArn());
        checkEnvironment(desired.definition());
        checkSettings(desired.definition());
        return List.copyOf(findings);
    }

    private void checkRegion() {
        if (region.startsWith("cn-")) {
            refused("region", "There are no serverless endpoints in " + region + ".");
        }
    }

    private void checkPayload(long bytes) {
        if (bytes > PAYLOAD_BYTES_MAX) {
            refused(
                    "payload",
                    "It has %,d bytes; serverless endpoints take 4 MB (%,d bytes) each way."
                            .formatted(bytes, PAYLOAD_BYTES_MAX));
        }
    }

    private void checkModel(Definition definition, long bytes) {
        if (bytes > DISK_BYTES) {
            refused(
                    "model",
                    "Its archive has %,d bytes, and an instance has a disk of 5 GB."
                            .formatted(bytes));
        }
        definition.modelUri().ifPresent(this::checkObject);
    }

    private void checkObject(String uri) {
        String path = uri.substring("s3://".length());
        int slash = path.indexOf('/');
        if (slash < 1 || slash == path.length() - 1) {
            refused("model", uri + " is no object: expected s3://bucket/key.");
            return;
        }
        if (!uri.endsWith(".tar.gz")) {
            refused("model", uri + " is no model.tar.gz, and AWS unpacks nothing else.");
        }
        String bucket = path.substring(0, slash);
        try {
            String there =
                    Optional.ofNullable(
                                    s3.getBucketLocation(r -> r.bucket(bucket))
                                            .locationConstraintAsString())
                            .filter(name -> !name.isEmpty() && !name.equals("null"))
                            .map(name -> name.equals("EU") ? "eu-west-1" : name)
                            .orElse("us-east-1");
            if (!there.equals(region)) {
                refused(
                        "model",
                        "Bucket "
                                + bucket
                                + " is in "
                                + there
                                + ", and the endpoint would be in "
                                + region
                                + ": copy the model to a bucket there.");
                return;
            }
            s3.headObject(r -> r.bucket(bucket).key(path.substring(slash + 1)));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                refused("model", "There is no object " + uri + ".");
            } else {
                unknown("model", uri + " cannot be seen: " + reason(e));
            }
        }
    }

    private void checkImage(Desired desired) {
        String uri = desired.image();
        Optional<ImageUri> parsed = ImageUri.of(uri);
        if (parsed.isEmpty()) {
            refused(
                    "image",
                    uri
                            + " is not in Amazon ECR, and serverless endpoints pull from nowhere else.");
            return;
        }
        ImageUri image = parsed.get();
        if (image.reference().matches(".*(-gpu-|-gpu$|-cu[0-9]{2,}).*")) {
            refused("image", uri + " is for GPUs, which serverless endpoints have not.");
        }
        if (!image.region().equals(region)) {
            refused(
                    "image",
                    uri
                            + " is in "
                            + image.region()
                            + ", and the endpoint would be in "
                            + region
                            + ".");
        } else if (image.account().equals(account)) {
            checkOwn(image, uri);
        } else if (desired.definition().image().isPresent()
                && !Framework.isRegistry(image.account())) {
            refused(
                    "image",
                    uri
                            + " is in another account's registry: serverless endpoints take images of"
                            + " the account's own, or AWS's.");
        }
    }

    private void checkOwn(ImageUri image, String uri) {
        ImageIdentifier.Builder id = ImageIdentifier.builder();
        ImageIdentifier named =
                image.isDigest()
                        ? id.imageDigest(image.reference()).build()
                        : id.imageTag(image.reference()).build();
        try {
            for (ImageDetail detail :
                    ecr.describeImages(r -> r.repositoryName(image.repository()).imageIds(named))
                            .imageDetails()) {
                Long bytes = detail.imageSizeInBytes();
                if (bytes != null && bytes > IMAGE_BYTES_MAX) {
                    refused(
                            "image",
                            "%s has %,d bytes compressed; serverless endpoints take 10 GB."
                                    .formatted(uri, bytes));
                }
            }
        } catch (RepositoryNotFoundException | ImageNotFoundException e) {
            refused("image", "There is no image " + uri + ": build it and push it first.");
        } catch (AwsServiceException e) {
            unknown("image", uri + " cannot be seen: " + reason(e));
        }
    }

    private void checkRole(String arn) {
        if (arn.isEmpty()) {
            refused(
                    "role",
                    "None is named, and AWS has no default: role: arn:aws:iam::"
                            + account
                            + ":role/NAME.");
            return;
        }
        if (!arn.contains("::" + account + ":")) {
            refused("role", arn + " is of another account than " + account + ".");
            return;
        }
        String name = arn.substring(arn.lastIndexOf('/') + 1);
        try {
            String trust =
                    String.valueOf(
                            iam.getRole(r -> r.roleName(name)).role().assumeRolePolicyDocument());
            if (!Trust.of(trust).lets("sagemaker.amazonaws.com")) {
                refused(
                        "role",
                        arn
                                + " does not trust sagemaker.amazonaws.com: its trust policy must"
                                + " allow that principal sts:AssumeRole.");
            }
        } catch (NoSuchEntityException e) {
            refused("role", "There is no role " + arn + ".");
        } catch (AwsServiceException e) {
            unknown("role", arn + " cannot be seen: " + reason(e));
        }
    }

    private void checkEnvironment(Definition definition) {
        definition
                .environment()
                .forEach((name, value) -> {
                    if (value.length() > ENVIRONMENT_VALUE_MAX) {
                        refused(
                                "environment." + name,
                                "It has "
                                        + value.length()
                                        + " characters; SageMaker takes "
                                        + ENVIRONMENT_VALUE_MAX
                                        + ".");
                    }
                });
    }

    private void checkSettings(Definition definition) {
        definition
                .settings()
                .keySet()
                .forEach(name ->
                        add(
                                Effect.IGNORED,
                                "settings." + name,
                                "AWS keeps it as a tag and does nothing about it."));
    }

    private static String reason(AwsServiceException e) {
        return e.awsErrorDetails() == null
                ? "status " + e.statusCode()
                : e.awsErrorDetails().errorCode() + ": " + e.awsErrorDetails().errorMessage();
    }

    private void refused(String field, String sentence) {
        add(Effect.REFUSED, field, sentence);
    }

    private void unknown(String field, String sentence) {
        add(Effect.UNKNOWN, field, sentence);
    }

    private void add(Effect effect, String field, String sentence) {
        findings.add(new Finding(effect, field, sentence));
    }
}
