/// The one place where state is kept: records, tags and the change feed, in SQLite.
///
///     room ── write(tx → …) ──► writer thread: group commit, WAL, synchronous=FULL ──► answer
///     room ── read(query → …) ─► a reader of its own, beside the writer
///
/// An answer is given after the commit that holds it. Only this room knows JDBC; a room that needs
/// tables of its own brings a [Schema][io.dormouse.store.Schema] and speaks SQL through
/// [Query][io.dormouse.store.Query] and [Tx][io.dormouse.store.Tx]. Most need none: a resource with a
/// name, a status and times is an entry of [Records][io.dormouse.store.Records].
///
/// May use: `aws`.
@NullMarked
package io.dormouse.store;

import org.jspecify.annotations.NullMarked;
