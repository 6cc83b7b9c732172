package io.dormouse.registry;

import io.dormouse.aws.AwsError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sagemaker.model.AdditionalInferenceSpecificationDefinition;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.UpdateModelPackageRequest;
import software.amazon.awssdk.services.sagemaker.model.UserContext;

/// What UpdateModelPackage changes. Approval may move between any two of its values, as on AWS: a
/// rejected version can be approved later, and an approved one rejected.
///
/// AWS page:
/// [UpdateModelPackage](https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html).
final class PackageUpdate {
    private static final int ADDITIONAL_SPECIFICATIONS_MAX = 15;
    private static final int METADATA_MAX = 50;

    private final DescribeModelPackageResponse before;
    private final UpdateModelPackageRequest request;
    private final List<String> fields = new ArrayList<>();

    PackageUpdate(DescribeModelPackageResponse before, UpdateModelPackageRequest request) {
        this.before = before;
        this.request = request;
    }

    /// The names of what [#changed] changed, as the event lists them.
    List<String> fields() {
        return List.copyOf(fields);
    }

    DescribeModelPackageResponse changed(Instant now, UserContext by) {
        DescribeModelPackageResponse.Builder changed =
                before.toBuilder().lastModifiedTime(now).lastModifiedBy(by);
        approval(changed);
        metadata(changed);
        specifications(changed);
        if (given("sourceUri", request.sourceUri())) {
            changed.sourceUri(request.sourceUri());
        }
        if (given("ModelCard", request.modelCard())) {
            changed.modelCard(request.modelCard());
        }
        if (given("ModelLifeCycle", request.modelLifeCycle())) {
            changed.modelLifeCycle(request.modelLifeCycle());
        }
        if (given("ModelPackageRegistrationType", request.modelPackageRegistrationType())) {
            changed.modelPackageRegistrationType(request.modelPackageRegistrationType());
        }
        if (fields.isEmpty()) {
            throw AwsError.VALIDATION.of(
                    "Nothing to update: give ModelApprovalStatus or another member to change.");
        }
        return changed.build();
    }

    /// Notes a member that the request gives. The SDK's getters are null for those that it does
    /// not.
    private boolean given(String field, Object value) {
        if (value == null) {
            return false;
        }
        fields.add(field);
        return true;
    }

    private void approval(DescribeModelPackageResponse.Builder changed) {
        if (given("ModelApprovalStatus", request.modelApprovalStatus())) {
            if (before.modelPackageVersion() == null) {
                throw AwsError.VALIDATION.of(
                        "ModelApprovalStatus applies to versioned model packages only: "
                                + before.modelPackageArn()
                                + " has no version.");
            }
            changed.modelApprovalStatus(request.modelApprovalStatus());
        }
        if (given("ApprovalDescription", request.approvalDescription())) {
            changed.approvalDescription(request.approvalDescription());
        }
    }

    private void metadata(DescribeModelPackageResponse.Builder changed) {
        if (!request.hasCustomerMetadataProperties()
                && !request.hasCustomerMetadataPropertiesToRemove()) {
            return;
        }
        fields.add("CustomerMetadataProperties");
        Map<String, String> properties = new HashMap<>(before.customerMetadataProperties());
        properties.putAll(request.customerMetadataProperties());
        request.customerMetadataPropertiesToRemove().forEach(properties::remove);
        if (properties.size() > METADATA_MAX) {
            throw AwsError.VALIDATION.of(
                    "CustomerMetadataProperties would have "
                            + properties.size()
                            + " entries: at most "
                            + METADATA_MAX
                            + " are allowed.");
        }
        changed.customerMetadataProperties(properties);
    }

    private void specifications(DescribeModelPackageResponse.Builder changed) {
        if (given("InferenceSpecification", request.inferenceSpecification())) {
            changed.inferenceSpecification(request.inferenceSpecification());
        }
        if (!request.hasAdditionalInferenceSpecificationsToAdd()) {
            return;
        }
        fields.add("AdditionalInferenceSpecifications");
        List<AdditionalInferenceSpecificationDefinition> all =
                new ArrayList<>(before.additionalInferenceSpecifications());
        all.addAll(request.additionalInferenceSpecificationsToAdd());
        long names =
                all.stream()
                        .map(AdditionalInferenceSpecificationDefinition::name)
                        .distinct()
                        .count();
        if (names < all.size()) {
            throw AwsError.VALIDATION.of(
                    "AdditionalInferenceSpecificationsToAdd names a specification that is there"
                            + " already: names must be unique.");
        }
        if (all.size() > ADDITIONAL_SPECIFICATIONS_MAX) {
            throw AwsError.VALIDATION.of(
                    "A model package can have at most "
                            + ADDITIONAL_SPECIFICATIONS_MAX
                            + " additional inference specifications.");
        }
        changed.additionalInferenceSpecifications(all);
    }
}
