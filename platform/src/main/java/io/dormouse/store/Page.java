package io.dormouse.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One page of a listing.
///
/// @param nextToken where the next page starts; empty on the last
public record Page<T>(List<T> items, Optional<String> nextToken) {
    public Page {
        items = List.copyOf(items);
    }

    /// The same page of something made of each item, such as its summary.
    public <R> Page<R> map(Function<T, R> each) {
        return new Page<>(items.stream().map(each).toList(), nextToken);
    }
}
