package io.dormouse.worker;

/// What of the network a program reaches, where it can be kept from it.
public enum Network {
    /// None, not even loopback.
    NONE,
    /// All that the platform reaches: while an environment is installed.
    OPEN
}
