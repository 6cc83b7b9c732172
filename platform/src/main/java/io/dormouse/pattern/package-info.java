/// AWS's JSON patterns of events, which rules of EventBridge and filter policies of SNS are:
/// Amazon's own library matches them. Its classes are loaded when the first pattern is looked at.
///
/// AWS pages: [event
/// patterns](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html),
/// [filter
/// policies](https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html).
///
/// May use: nothing of ours. Only this room knows the library.
@NullMarked
package io.dormouse.pattern;

import org.jspecify.annotations.NullMarked;
