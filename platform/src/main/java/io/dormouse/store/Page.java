package io.dormouse.store;

import java.util.List;
import java.util.Optional;

/// One page of a listing.
///
/// @param nextToken where the next page starts; empty on the last
public record Page<T>(List<T> items, Optional<String> nextToken) {
    public Page {
        items = List.copyOf(items);
    }
}
