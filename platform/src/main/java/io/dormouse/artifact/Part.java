package io.dormouse.artifact;

import java.time.Instant;
import java.util.Optional;

/// A run of content in one file: a part of an upload, and of the object that the upload becomes.
///
/// @param content whose part it is
/// @param number from 1; may have gaps
/// @param file nothing where it has no bytes
/// @param etag its MD5 in hexadecimal
/// @param checksums by the SDK's member names
record Part(
        String content,
        int number,
        Optional<String> file,
        long bytes,
        String etag,
        Attributes checksums,
        Instant modified) {}
