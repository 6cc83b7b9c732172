/// Who calls, and with what credentials: STS, and IAM's roles and policies.
///
///     CreateRole ──► role ──► AssumeRole ──► temporary keys ──► AccessKeys: whose signature is this?
///                     └ inline and attached policies: kept and given back, not yet enforced
///
/// AWS: [IAM](https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html),
/// [STS](https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html).
///
/// May use: `aws`, `store`, `wire`.
@NullMarked
package io.dormouse.identity;

import org.jspecify.annotations.NullMarked;
