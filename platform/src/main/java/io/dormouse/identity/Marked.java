package io.dormouse.identity;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A page of an IAM listing.
///
/// @param marker where the next page starts; null, as the SDK's builders take it, on the last
record Marked<T>(List<T> items, boolean isTruncated, @Nullable String marker) {
    private static final int ITEMS_DEFAULT = 100;
    private static final int ITEMS_MAX = 1000;

    /// The page after the entry with the key `marker`.
    ///
    /// @param sorted by their keys
    static <T> Marked<T> of(
            List<T> sorted,
            Function<T, String> key,
            @Nullable String marker,
            @Nullable Integer maxItems) {
        int max = maxItems == null ? ITEMS_DEFAULT : maxItems;
        if (max < 1 || max > ITEMS_MAX) {
            throw IamErrors.invalidInput("MaxItems must be between 1 and " + ITEMS_MAX + ".");
        }
        List<T> rest =
                sorted.stream()
                        .filter(each -> marker == null || key.apply(each).compareTo(marker) > 0)
                        .toList();
        boolean isTruncated = rest.size() > max;
        List<T> items = isTruncated ? rest.subList(0, max) : rest;
        return new Marked<>(items, isTruncated, isTruncated ? key.apply(items.getLast()) : null);
    }
}
