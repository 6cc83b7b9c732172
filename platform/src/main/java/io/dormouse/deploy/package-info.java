/// Brings a platform, or AWS, to a definition: what is there, what differs, what AWS would refuse,
/// and the change itself, undone where it fails.
///
///     Found ─┐
///            ├→ Change… → Rollout: model, configuration, endpoint, wait, smoke test, clear away
///     Desired┘                        └ fails → undone in reverse
///
/// May use `aws` and `definition`, and calls AWS through the SDK's interfaces alone: there is one path
/// for the platform and for AWS. AWS pages: [create, update and delete a serverless
/// endpoint](https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-create-invoke-update-delete.html).
@NullMarked
package io.dormouse.deploy;

import org.jspecify.annotations.NullMarked;
