/// Amazon SNS: topics, their subscriptions (HTTP, HTTPS, SQS), and what is published to them.
///
///     Publish ─► one parcel for each subscription whose filter policy takes it ─► answer
///                  └─► queue, or POST with AWS's envelope; again later; dead letters
///
/// The parcels are kept in the transaction of the Publish: what was acknowledged is delivered, at
/// least once, through any crash.
///
/// AWS page: [SNS](https://docs.aws.amazon.com/sns/latest/api/welcome.html).
///
/// May use: `aws`, `delivery`, `pattern`, `store`, `timing`, and SQS through the SDK's interface.
@NullMarked
package io.dormouse.topic;

import org.jspecify.annotations.NullMarked;
