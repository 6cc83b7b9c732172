/// Amazon EventBridge: buses, rules, targets, and EventBridge Scheduler's schedules.
///
///     room ─ append(tx, …) ─► change feed ┐
///     PutEvents ──────────────────────────┼─► rules that match ─► one order for each target ─► courier
///     rate, cron, at ─────────────────────┘                        │ kept until it is done   │
///                                                                  └── again, dead letters ◄─┘
///
/// The only room that reads the change feed: an event leaves it in the transaction that keeps the
/// orders of its targets, so a crash loses none and takes up none twice. Orders are delivered at
/// least once.
///
/// AWS pages: [EventBridge](https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html),
/// [Scheduler](https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html), [universal
/// targets](https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html).
///
/// May use: `aws`, `delivery`, `pattern`, `store`, `timing`, and what targets are through the SDK's
/// interfaces. No room uses this one.
@NullMarked
package io.dormouse.events;

import org.jspecify.annotations.NullMarked;
