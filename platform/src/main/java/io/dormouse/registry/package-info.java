/// Model package groups, their versions, and approval.
///
///     CreateModelPackageGroup ─► group ◄─ CreateModelPackage ─► version 1, 2, 3 …
///                                              PendingManualApproval ⇄ Approved ⇄ Rejected
///                                              └─ each change: an event in the change feed
///
/// A version is complete when it is made: nothing is validated in the background. `endpoint` makes
/// models of approved ones. Names are unique without regard to case, and ARNs carry them in lower
/// case, as AWS's do.
///
/// AWS page: [model registry](https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html).
///
/// May use: `artifact`, `aws`, `store`.
@NullMarked
package io.dormouse.registry;

import org.jspecify.annotations.NullMarked;
