package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A run of an object's bytes.
///
/// @param from the first, from 0
/// @param length how many
record ByteRange(long from, long length) {
    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    static ByteRange all(long size) {
        return new ByteRange(0, size);
    }

    /// What a `Range` header asks for: `bytes=0-99`, `bytes=100-`, `bytes=-100`. One that is not of
    /// this form (several ranges among them) is as good as none, says HTTP.
    ///
    /// @throws software.amazon.awssdk.services.s3.model.S3Exception `InvalidRange` where the object
    ///   has no such bytes
    static Optional<ByteRange> of(String header, long size) {
        Matcher form = FORM.matcher(header.trim());
        if (!form.matches() || header.trim().equals("bytes=-")) {
            return Optional.empty();
        }
        if (form.group(1).isEmpty()) {
            long suffix = Math.min(Long.parseLong(form.group(2)), size);
            return Optional.of(satisfiable(size - suffix, suffix, size));
        }
        long from = Long.parseLong(form.group(1));
        long last = form.group(2).isEmpty() ? size - 1 : Long.parseLong(form.group(2));
        if (!form.group(2).isEmpty() && last < from) {
            return Optional.empty();
        }
        return Optional.of(satisfiable(from, Math.min(last, size - 1) - from + 1, size));
    }

    private static ByteRange satisfiable(long from, long length, long size) {
        if (length <= 0 || from >= size) {
            throw S3Error.INVALID_RANGE.error(Map.of("Content-Range", "bytes */" + size));
        }
        return new ByteRange(from, length);
    }

    /// As the `Content-Range` header says it.
    String contentRange(long size) {
        return "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
