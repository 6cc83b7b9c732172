package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import io.dormouse.wire.sign.Checksum;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.SdkPojo;

/// The checksums that a request claims its body to have.
///
/// @param algorithm the one that it names; its value may come in the trailer, which `wire` checks
/// @param values Base64
/// @param md5 `Content-MD5`, Base64
/// @param length `Content-Length`
record Claims(
        Optional<Checksum> algorithm,
        Map<Checksum, String> values,
        Optional<String> md5,
        Optional<Long> length) {
    private static final int MD5_BYTES = 16;

    static Claims of(SdkPojo request, Optional<Long> length) {
        Map<Checksum, String> values = new EnumMap<>(Checksum.class);
        for (Checksum each : Checksum.values()) {
            Members.text(request, each.member()).ifPresent(value -> values.put(each, value));
        }
        if (values.size() > 1) {
            throw S3Error.INVALID_REQUEST.error(
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not"
                            + " allowed.");
        }
        Optional<String> named = Members.text(request, "ChecksumAlgorithm");
        Optional<Checksum> algorithm = named.flatMap(Checksum::named);
        if (named.isPresent() && algorithm.isEmpty()) {
            throw S3Error.INVALID_REQUEST.error(
                    "Value for x-amz-sdk-checksum-algorithm header is invalid: expected one of "
                            + Arrays.toString(Checksum.values()));
        }
        return new Claims(
                algorithm.or(() -> values.keySet().stream().findFirst()),
                values,
                Members.text(request, "ContentMD5"),
                length);
    }

    /// The same with an algorithm to compute where the request names none.
    Claims orElse(Optional<Checksum> other) {
        return new Claims(algorithm.or(() -> other), values, md5, length);
    }

    /// What to compute: what is claimed, else what AWS computes by itself.
    Set<Checksum> wanted() {
        return EnumSet.of(algorithm.orElse(Checksum.CRC64NVME));
    }

    /// @throws software.amazon.awssdk.services.s3.model.S3Exception where it is not what was
    ///   claimed
    void check(Draft.Received received) {
        if (length.isPresent() && length.get() != received.bytes()) {
            throw S3Error.INCOMPLETE_BODY.error();
        }
        md5.ifPresent(claimed -> checkMd5(claimed, received.md5()));
        values.forEach((checksum, claimed) -> check(checksum, claimed, received));
    }

    private static void checkMd5(String claimed, String received) {
        byte[] digest;
        try {
            digest = Base64.getDecoder().decode(claimed);
        } catch (IllegalArgumentException e) {
            throw S3Error.INVALID_DIGEST.error();
        }
        if (digest.length != MD5_BYTES) {
            throw S3Error.INVALID_DIGEST.error();
        }
        if (!HexFormat.of().formatHex(digest).equals(received)) {
            throw S3Error.BAD_DIGEST.error();
        }
    }

    private static void check(Checksum checksum, String claimed, Draft.Received received) {
        String computed = received.sums().getOrDefault(checksum, "");
        if (!claimed.equals(computed)) {
            if (claimed.length() != computed.length()) {
                throw S3Error.INVALID_REQUEST.error(
                        "Value for x-amz-checksum-"
                                + checksum.name().toLowerCase(Locale.ROOT)
                                + " header is invalid.");
            }
            throw S3Error.BAD_DIGEST.error(
                    "The " + checksum + " you specified did not match the calculated checksum.");
        }
    }

    /// What was computed, by the SDK's member names.
    static Map<String, String> members(Draft.Received received) {
        Map<String, String> members = new LinkedHashMap<>();
        received.sums().forEach((checksum, value) -> members.put(checksum.member(), value));
        return members;
    }
}
