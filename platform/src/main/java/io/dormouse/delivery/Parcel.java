package io.dormouse.delivery;

import java.time.Instant;

/// Something to be delivered.
///
/// @param body what and to whom, as its sender wrote it
/// @param made when it was added
/// @param attempts how often it was tried in vain
public record Parcel(long seq, String body, Instant made, int attempts) {}
