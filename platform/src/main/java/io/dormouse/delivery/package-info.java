/// What must reach somebody else is kept until it has: in the transaction of what caused it, tried
/// again with growing pauses, through any crash. At least once: a crash between the delivery and its
/// record delivers twice.
///
///     cause ── add(tx, …) ─► parcel ── Courier.deliver ─► gone
///                              ▲             │
///                              └── later ◄───┘
///
/// May use: `store`, `timing`.
@NullMarked
package io.dormouse.delivery;

import org.jspecify.annotations.NullMarked;
