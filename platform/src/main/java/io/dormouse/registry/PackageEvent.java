package io.dormouse.registry;

import io.dormouse.aws.EventDetail;
import io.dormouse.aws.Shapes;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import tools.jackson.databind.node.ObjectNode;

/// What EventBridge is told of a model package.
///
/// AWS page: [SageMaker
/// events](https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html).
final class PackageEvent {
    private static final String DETAIL_TYPE = "SageMaker Model Package State Change";

    private PackageEvent() {}

    /// Appends it to the change feed.
    ///
    /// @param updated the members that the change touched; empty for a new package
    static void tell(Tx tx, DescribeModelPackageResponse modelPackage, List<String> updated) {
        tx.append(
                EventDetail.SOURCE,
                DETAIL_TYPE,
                modelPackage.modelPackageArn(),
                detail(modelPackage, updated));
    }

    private static String detail(DescribeModelPackageResponse modelPackage, List<String> updated) {
        ObjectNode detail = Shapes.write(modelPackage, Shapes.Form.JSON);
        detail.remove(List.of("CreatedBy", "LastModifiedBy", "ModelCard"));
        detail.put("CreationTime", text(modelPackage.creationTime()));
        if (modelPackage.lastModifiedTime() != null) {
            detail.put("LastModifiedTime", text(modelPackage.lastModifiedTime()));
        }
        if (!updated.isEmpty()) {
            var fields = detail.putArray("UpdatedModelPackageFields");
            updated.forEach(fields::add);
        }
        return detail.toString();
    }

    /// Other than in SageMaker's other events, these are `2021-02-24T17:00:14Z`.
    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
