/// Amazon SQS: queues, their messages, dead letters.
///
///     SendMessage ─► message: visible ── ReceiveMessage ─► in flight ── DeleteMessage ─► gone
///                       ▲                                    │
///                       └──── its visibility time is over ◄──┤
///                                 received too often ────────┴─► dead-letter queue
///
/// A message is a row: what was acknowledged survives `kill -9`. Visibility, delay and retention go
/// by the platform's clock; a long poll waits by the monotonic one.
///
/// AWS page: [SQS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html).
///
/// May use: `aws`, `store`.
@NullMarked
package io.dormouse.queue;

import org.jspecify.annotations.NullMarked;
