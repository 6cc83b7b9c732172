/// What the instances and programs of all launchers have in common, whatever started them: a
/// launcher makes a [Spawned][io.dormouse.worker.instance.Spawned], its
/// [Links][io.dormouse.worker.instance.Links] and its
/// [Limit][io.dormouse.worker.instance.Limit], and has an instance.
///
///     Spawned ─ a socket ─► HttpLink ─► Answer
///        ├───── its log ──► LogLines ─► LogSink
///        └───── its end ──► Ending, and why
///
/// Knows no launcher.
@NullMarked
package io.dormouse.worker.instance;

import org.jspecify.annotations.NullMarked;
