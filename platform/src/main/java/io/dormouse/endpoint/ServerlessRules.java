package io.dormouse.endpoint;

import io.dormouse.aws.AwsError;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sagemaker.model.AsyncInferenceOutputConfig;
import software.amazon.awssdk.services.sagemaker.model.CreateEndpointConfigRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariantServerlessConfig;

/// What an endpoint configuration may ask for, beyond the constraints of AWS's model.
///
/// AWS page: [serverless inference, feature
/// exclusions](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html).
final class ServerlessRules {
    /// The sizes of an instance, MB.
    static final List<Integer> MEMORY_SIZES = List.of(1024, 2048, 3072, 4096, 5120, 6144);

    private ServerlessRules() {}

    static void check(CreateEndpointConfigRequest request) {
        List<ProductionVariant> variants = request.productionVariants();
        for (int i = 0; i < variants.size(); i++) {
            check(variants.get(i), "productionVariants." + (i + 1) + ".member");
        }
        if (variants.size() != 1) {
            throw refused(
                    "Serverless endpoints have exactly one production variant, and "
                            + variants.size()
                            + " are given: give each an endpoint of its own.");
        }
        checkFeatures(request);
        if (request.asyncInferenceConfig() != null
                && request.asyncInferenceConfig().outputConfig() != null) {
            checkOutput(request.asyncInferenceConfig().outputConfig());
        }
    }

    private static void check(ProductionVariant variant, String path) {
        ProductionVariantServerlessConfig serverless = variant.serverlessConfig();
        if (serverless == null) {
            throw refused(
                    "Production variant "
                            + variant.variantName()
                            + " has no ServerlessConfig: this platform serves serverless variants"
                            + " only, with MemorySizeInMB and MaxConcurrency in place of"
                            + " InstanceType and InitialInstanceCount.");
        }
        if (variant.instanceType() != null || variant.initialInstanceCount() != null) {
            throw refused(
                    "Production variant "
                            + variant.variantName()
                            + " has a ServerlessConfig and an InstanceType or InitialInstanceCount:"
                            + " give one or the other.");
        }
        if (variant.modelName() == null) {
            throw refused(
                    "Production variant "
                            + variant.variantName()
                            + " has no ModelName: a serverless variant needs one.");
        }
        if (!MEMORY_SIZES.contains(serverless.memorySizeInMB())) {
            throw refused(
                    "1 validation error detected: Value '"
                            + serverless.memorySizeInMB()
                            + "' at '"
                            + path
                            + ".serverlessConfig.memorySizeInMB' failed to satisfy constraint:"
                            + " Member must satisfy enum value set: "
                            + MEMORY_SIZES);
        }
        checkConcurrency(serverless.maxConcurrency(), serverless.provisionedConcurrency());
    }

    /// @param provisioned null for none, as the SDK's getter says it
    static void checkConcurrency(int max, Integer provisioned) {
        if (provisioned != null && provisioned > max) {
            throw refused(
                    "ProvisionedConcurrency "
                            + provisioned
                            + " is greater than MaxConcurrency "
                            + max
                            + ": it must be less than or equal to it.");
        }
    }

    private static void checkOutput(AsyncInferenceOutputConfig output) {
        refuse(output.kmsKeyId() != null, "KmsKeyId of AsyncInferenceConfig.OutputConfig");
        checkPath("S3OutputPath", Optional.ofNullable(output.s3OutputPath()));
        checkPath("S3FailurePath", Optional.ofNullable(output.s3FailurePath()));
    }

    private static void checkPath(String member, Optional<String> path) {
        if (path.filter(uri -> !uri.matches("s3://[^/]+(/.*)?")).isPresent()) {
            throw refused(
                    member
                            + " '"
                            + path.get()
                            + "' of AsyncInferenceConfig.OutputConfig: expected s3://bucket/prefix.");
        }
    }

    private static void checkFeatures(CreateEndpointConfigRequest request) {
        refuse(
                request.hasShadowProductionVariants()
                        && !request.shadowProductionVariants().isEmpty(),
                "ShadowProductionVariants");
        refuse(
                request.dataCaptureConfig() != null
                        && Boolean.TRUE.equals(request.dataCaptureConfig().enableCapture()),
                "DataCaptureConfig");
        refuse(request.explainerConfig() != null, "ExplainerConfig");
        refuse(request.vpcConfig() != null, "VpcConfig");
        refuse(Boolean.TRUE.equals(request.enableNetworkIsolation()), "EnableNetworkIsolation");
        if (request.kmsKeyId() != null) {
            throw refused(
                    "KmsKeyId is not supported: this platform does not encrypt what instances"
                            + " store.");
        }
    }

    /// What the model itself asks for and serverless has not.
    static void checkModel(DescribeModelResponse model) {
        if (Containers.single(model).isEmpty()) {
            throw refused(
                    "Model "
                            + model.modelName()
                            + " has "
                            + model.containers().size()
                            + " containers: inference pipelines are not supported by serverless"
                            + " endpoints.");
        }
        refuse(model.vpcConfig() != null, "VpcConfig of model " + model.modelName());
        refuse(
                Boolean.TRUE.equals(model.enableNetworkIsolation()),
                "EnableNetworkIsolation of model " + model.modelName());
    }

    private static void refuse(boolean asked, String feature) {
        if (asked) {
            throw refused(feature + " is not supported by serverless endpoints.");
        }
    }

    private static AwsServiceException refused(String message) {
        return AwsError.VALIDATION.of(message);
    }
}
