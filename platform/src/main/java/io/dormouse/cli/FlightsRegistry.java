package io.dormouse.cli;

import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// The versions of the flights model.
record FlightsRegistry(SageMakerClient sageMaker, FlightsTraining training, String group) {
    /// Registers a version, pending approval, and returns its ARN.
    String register(String artifact, double heldOut, double april) {
        ensureGroup();
        String report =
                String.format(
                        Locale.ROOT,
                        "{\"binary_classification_metrics\":{\"auc\":{\"value\":%.4f,\"standard_deviation\":\"NaN\"},"
                                + "\"auc_april\":{\"value\":%.4f,\"standard_deviation\":\"NaN\"}}}",
                        heldOut,
                        april);
        String statistics =
                training.bucket().put(training.key("evaluation/evaluation.json"), report);
        return sageMaker
                .createModelPackage(r ->
                        r.modelPackageGroupName(group)
                                .modelApprovalStatus(ModelApprovalStatus.PENDING_MANUAL_APPROVAL)
                                .inferenceSpecification(i ->
                                        i.containers(container(artifact))
                                                .supportedContentTypes("text/csv")
                                                .supportedResponseMIMETypes("text/csv"))
                                .modelMetrics(m ->
                                        m.modelQuality(q ->
                                                q.statistics(s ->
                                                        s.contentType("application/json")
                                                                .s3Uri(statistics))))
                                .customerMetadataProperties(
                                        Map.of("auc", String.format(Locale.ROOT, "%.4f", heldOut))))
                .modelPackageArn();
    }

    private static ModelPackageContainerDefinition container(String artifact) {
        return ModelPackageContainerDefinition.builder()
                .image(FlightsTraining.IMAGE)
                .modelDataUrl(artifact)
                .build();
    }

    private void ensureGroup() {
        try {
            sageMaker.describeModelPackageGroup(r -> r.modelPackageGroupName(group));
        } catch (SageMakerException e) {
            if (!e.awsErrorDetails().errorMessage().contains("does not exist")) {
                throw e;
            }
            sageMaker.createModelPackageGroup(r ->
                    r.modelPackageGroupName(group)
                            .modelPackageGroupDescription(
                                    "Will a flight from New York arrive late?"));
        }
    }

    void approve(String version, String why) {
        sageMaker.updateModelPackage(r ->
                r.modelPackageArn(version)
                        .modelApprovalStatus(ModelApprovalStatus.APPROVED)
                        .approvalDescription(why));
    }
}
