package io.dormouse.artifact;

import io.dormouse.wire.sign.Checksum;
import java.time.Instant;
import java.util.Optional;

/// A multipart upload under way.
///
/// @param id also names the content that its parts are
/// @param attributes of the object to be
record Upload(String id, String bucket, String key, Instant initiated, Attributes attributes) {
    static final String ALGORITHM = "ChecksumAlgorithm";
    static final String TYPE = "ChecksumType";
    static final String FULL_OBJECT = "FULL_OBJECT";
    static final String COMPOSITE = "COMPOSITE";

    /// What its creator asked for.
    Optional<Checksum> algorithm() {
        return attributes.member(ALGORITHM).flatMap(Checksum::named);
    }
}
