package io.dormouse.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// A field that is not as it should be.
///
/// @param from what it is; empty where there is nothing
/// @param to what it should be; empty where there should be nothing
public record Change(String field, Optional<String> from, Optional<String> to) {
    /// All that differs, by field.
    static List<Change> between(Map<String, String> found, Map<String, String> wanted) {
        TreeSet<String> fields = new TreeSet<>(found.keySet());
        fields.addAll(wanted.keySet());
        List<Change> changes = new ArrayList<>();
        for (String field : fields) {
            Optional<String> from = Optional.ofNullable(found.get(field));
            Optional<String> to = Optional.ofNullable(wanted.get(field));
            if (!from.equals(to)) {
                changes.add(new Change(field, from, to));
            }
        }
        return changes;
    }

    /// As a line: `+` comes, `-` goes, `~` changes.
    @Override
    public String toString() {
        return from.isEmpty()
                ? "+ " + field + ": " + to.orElse("")
                : to.isEmpty()
                        ? "- " + field + ": " + from.get()
                        : "~ " + field + ": " + from.get() + " -> " + to.get();
    }
}
