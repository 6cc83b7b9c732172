package io.dormouse.identity;

import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The roles as they are kept, by name.
final class RoleRecords {
    private final Store store;
    private final Records<RoleState> records;

    RoleRecords(Store store) {
        this.store = store;
        this.records = new Records<>(store, "iam-role", RoleState.CODEC);
    }

    Optional<RoleState> find(String name) {
        return records.get(name).map(Entry::body);
    }

    /// The role of that name.
    ///
    /// @throws software.amazon.awssdk.services.iam.model.NoSuchEntityException where there is none
    RoleState get(String name) {
        return find(name).orElseThrow(() -> IamErrors.noRole(name));
    }

    RoleState get(Query query, String name) {
        return entry(query, name).body();
    }

    private Entry<RoleState> entry(Query query, String name) {
        return records.get(query, name).orElseThrow(() -> IamErrors.noRole(name));
    }

    /// All roles by name.
    List<RoleState> all() {
        return store.read(this::all);
    }

    List<RoleState> all(Query query) {
        return records.all(query).stream()
                .map(Entry::body)
                .sorted(Comparator.comparing(state -> state.role().roleName()))
                .toList();
    }

    /// Adds a role.
    ///
    /// @return false where the name is taken
    boolean insert(Tx tx, RoleState state) {
        return records.insert(
                tx, Entry.of(state.role().roleName(), state.role().createDate(), state));
    }

    /// Changes a role, durably.
    RoleState change(String name, UnaryOperator<RoleState> change) {
        return store.write(tx -> change(tx, name, change));
    }

    RoleState change(Tx tx, String name, UnaryOperator<RoleState> change) {
        Entry<RoleState> entry = entry(tx, name);
        RoleState changed = change.apply(entry.body());
        records.update(tx, entry.now(entry.status(), entry.modified(), changed));
        return changed;
    }

    void delete(Tx tx, String name) {
        records.delete(tx, name);
    }
}
