package io.dormouse.artifact;

import java.time.Instant;

/// A bucket.
///
/// @param owner the account
/// @param region where it was asked to be
record Bucket(String name, String owner, String region, Instant created) {}
