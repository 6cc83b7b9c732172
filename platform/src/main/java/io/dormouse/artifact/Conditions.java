package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;

/// The conditions of a request: `If-Match` and its like.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html">AWS</a>
record Conditions(
        Optional<String> match,
        Optional<String> noneMatch,
        Optional<Instant> modifiedSince,
        Optional<Instant> unmodifiedSince) {
    static final Conditions NONE =
            new Conditions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /// Those of a request, by what its members' names begin with: `If`, `CopySourceIf`.
    static Conditions of(SdkPojo request, String prefix) {
        return new Conditions(
                Members.text(request, prefix + "Match"),
                Members.text(request, prefix + "NoneMatch"),
                Members.text(request, prefix + "ModifiedSince").map(Instant::parse),
                Members.text(request, prefix + "UnmodifiedSince").map(Instant::parse));
    }

    private boolean holdsMatch(Version version) {
        if (match.isPresent()) {
            return names(match.get(), version);
        }
        return unmodifiedSince.isEmpty() || !version.modified().isAfter(unmodifiedSince.get());
    }

    private boolean isChanged(Version version) {
        if (noneMatch.isPresent()) {
            return !names(noneMatch.get(), version);
        }
        return modifiedSince.isEmpty() || version.modified().isAfter(modifiedSince.get());
    }

    private static boolean names(String etags, Version version) {
        for (String each : etags.split(",", -1)) {
            String etag = each.trim();
            if (etag.equals("*") || unquoted(etag).equals(version.etag())) {
                return true;
            }
        }
        return false;
    }

    static String unquoted(String etag) {
        return etag.length() >= 2 && etag.startsWith("\"") && etag.endsWith("\"")
                ? etag.substring(1, etag.length() - 1)
                : etag;
    }

    /// @throws software.amazon.awssdk.services.s3.model.S3Exception 412 or 304 where a reader does
    ///   not want this version
    void checkRead(Version version) {
        if (!holdsMatch(version)) {
            throw S3Error.PRECONDITION_FAILED.error();
        }
        if (!isChanged(version)) {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("ETag", version.quotedEtag());
            headers.put(
                    "Last-Modified",
                    DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                            .format(version.modified().atOffset(ZoneOffset.UTC)));
            throw S3Error.NOT_MODIFIED.error(headers);
        }
    }

    /// The same for the source of a copy, where both are 412.
    void checkSource(Version version) {
        if (!holdsMatch(version) || !isChanged(version)) {
            throw S3Error.PRECONDITION_FAILED.error();
        }
    }

    /// Whether a writer may replace what the key means now.
    ///
    /// @throws software.amazon.awssdk.services.s3.model.S3Exception 412, or 404 where it was to
    ///   match and there is nothing
    void checkWrite(Optional<Version> now) {
        Optional<Version> present = now.filter(version -> !version.isMarker());
        if (noneMatch.isPresent()) {
            if (!noneMatch.get().equals("*")) {
                throw S3Error.NOT_IMPLEMENTED.error(
                        "If-None-Match can only be * where an object is written");
            }
            if (present.isPresent()) {
                throw S3Error.PRECONDITION_FAILED.error();
            }
        }
        if (match.isPresent()) {
            Version version = present.orElseThrow(S3Error.NO_SUCH_KEY::error);
            if (!names(match.get(), version)) {
                throw S3Error.PRECONDITION_FAILED.error();
            }
        }
    }
}
