package io.dormouse.worker;

/// What of the network a program reaches, where it can be kept from it.
public enum Network {
    /// None, not even loopback.
    NONE,
    /// The platform, on the loopback port that it answers on outside, and nothing else: for
    /// programs of owners.
    PLATFORM,
    /// All that the platform reaches: while an environment is installed.
    OPEN
}
