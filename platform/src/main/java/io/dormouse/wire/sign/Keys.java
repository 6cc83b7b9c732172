package io.dormouse.wire.sign;

import java.util.Objects;
import java.util.Optional;

/// The access keys that a platform knows.
@FunctionalInterface
public interface Keys {
    Optional<Key> find(String accessKey);

    /// What belongs to an access key.
    ///
    /// @param sessionToken what a request with temporary credentials must bring; empty for lasting
    ///   ones
    /// @param account whose key it is
    /// @param arn the user or assumed role
    record Key(String secret, String sessionToken, String account, String arn) {
        public Key {
            Objects.requireNonNull(secret);
            Objects.requireNonNull(sessionToken);
            Objects.requireNonNull(account);
            Objects.requireNonNull(arn);
        }
    }
}
