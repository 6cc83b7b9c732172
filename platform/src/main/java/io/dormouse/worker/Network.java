package io.dormouse.worker;

import java.net.InetSocketAddress;
import java.util.Objects;

/// What of the network a program reaches, where it can be kept from it.
public sealed interface Network {
    /// None, not even loopback.
    Network NONE = new None();

    /// All that the platform reaches: while an environment is installed.
    Network OPEN = new Open();

    record None() implements Network {}

    record Open() implements Network {}

    /// The platform, on the loopback port of the same number, and nothing else: for programs of
    /// owners.
    ///
    /// @param address where the platform answers outside
    record Platform(InetSocketAddress address) implements Network {
        public Platform {
            Objects.requireNonNull(address);
        }
    }
}
