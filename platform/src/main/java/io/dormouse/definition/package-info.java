/// `dormouse.yaml` and what it stands for: SageMaker's Model, EndpointConfig and Endpoint.
///
/// A file becomes a [Definition], checked against the published schema
/// (`docs/dormouse.schema.json`) with the place of each problem; a definition and its artifact
/// become [Desired], the three requests; `Export` writes the same as CloudFormation, Terraform or a
/// boto3 script. Nothing is called here.
///
/// May use `aws` and the SDK's shapes. AWS pages: [serverless
/// endpoints](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html).
@NullMarked
package io.dormouse.definition;

import org.jspecify.annotations.NullMarked;
