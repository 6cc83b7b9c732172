package io.dormouse.endpoint;

import io.dormouse.store.Tx;

/// Told that an endpoint is no more, in the transaction in which it goes, by whoever keeps
/// something for endpoints.
@FunctionalInterface
public interface Departure {
    /// Called once, before the commit.
    ///
    /// @param endpoint its name
    void gone(Tx tx, String endpoint);
}
