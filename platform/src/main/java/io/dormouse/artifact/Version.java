package io.dormouse.artifact;

import java.time.Instant;
import java.util.Optional;

/// A version of an object: what a key means, or meant.
///
/// @param seq versions of a key are newer the higher it is
/// @param id [#NULL_ID] where the bucket is not versioned
/// @param isLatest what the key means now
/// @param isMarker a delete marker: the key is gone since
/// @param bytes of its content
/// @param etag without quotes
/// @param content names the parts that it consists of
record Version(
        long seq,
        String bucket,
        String key,
        String id,
        boolean isLatest,
        boolean isMarker,
        long bytes,
        String etag,
        Instant modified,
        String content,
        Attributes attributes) {
    static final String NULL_ID = "null";

    /// The id as answers show it; nothing for what was made without versioning.
    Optional<String> shownId() {
        return Optional.of(id).filter(each -> !each.equals(NULL_ID));
    }

    Version withId(String newId) {
        return new Version(
                seq,
                bucket,
                key,
                newId,
                isLatest,
                isMarker,
                bytes,
                etag,
                modified,
                content,
                attributes);
    }

    String quotedEtag() {
        return '"' + etag + '"';
    }

    /// Whether it was made by a multipart upload.
    boolean isMultipart() {
        return etag.contains("-");
    }
}
