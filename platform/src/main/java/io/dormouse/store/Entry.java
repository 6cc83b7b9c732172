package io.dormouse.store;

import java.time.Instant;

/// A resource as [Records] keeps it.
///
/// @param name unique among its kind
/// @param parent what it belongs to (a version's group); empty for none
/// @param status as AWS spells it; empty where the kind has none
/// @param body the resource itself
public record Entry<T>(
        String name, String parent, String status, Instant created, Instant modified, T body) {
    /// A new entry, with neither parent nor status.
    public static <T> Entry<T> of(String name, Instant created, T body) {
        return new Entry<>(name, "", "", created, created, body);
    }

    public Entry<T> within(String newParent) {
        return new Entry<>(name, newParent, status, created, modified, body);
    }

    /// This entry with a later state.
    public Entry<T> now(String newStatus, Instant at, T newBody) {
        return new Entry<>(name, parent, newStatus, created, at, newBody);
    }
}
