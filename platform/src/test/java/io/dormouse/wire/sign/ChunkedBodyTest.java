package io.dormouse.wire.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedBodyTest {
    private static String read(String encoded, String trailer) throws IOException {
        byte[] bytes = encoded.getBytes(StandardCharsets.UTF_8);
        try (ChunkedBody body =
                new ChunkedBody(new ByteArrayInputStream(bytes), Optional.empty(), trailer)) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-amz-checksum-crc32:NhCmhg==",
                "x-amz-checksum-crc32c:mnG7TA==",
                "x-amz-checksum-crc64nvme:M3eFcAZSQlc=",
                "x-amz-checksum-sha1:qvTGHdzF6KLavt4PO0gs2a6pQ00=",
                "x-amz-checksum-sha256:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
            })
    void aTrailersChecksumIsVerified(String trailer) throws IOException {
        String name = trailer.substring(0, trailer.indexOf(':'));
        assertEquals("hello", read("5\r\nhello\r\n0\r\n" + trailer + "\r\n\r\n", name));
        assertEquals("hello", read("2\r\nhe\r\n3\r\nllo\r\n0\r\n" + trailer + "\r\n\r\n", name));
        SignatureRefused thrown =
                assertThrows(
                        SignatureRefused.class,
                        () -> read("5\r\nhallo\r\n0\r\n" + trailer + "\r\n\r\n", name));
        assertEquals(SignatureRefused.Reason.CHECKSUM_MISMATCH, thrown.reason());
    }

    @Test
    void aTrailerThatIsAnnouncedMustCome() {
        SignatureRefused thrown =
                assertThrows(
                        SignatureRefused.class,
                        () -> read("5\r\nhello\r\n0\r\n\r\n", "x-amz-checksum-crc32"));
        assertEquals(SignatureRefused.Reason.MALFORMED_TRAILER, thrown.reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\r\nhel", "5\r\nhello\r\n", "5\r\nhello", ""})
    void aBodyThatBreaksOffIsIncomplete(String encoded) {
        SignatureRefused thrown = assertThrows(SignatureRefused.class, () -> read(encoded, ""));
        assertEquals(SignatureRefused.Reason.INCOMPLETE_BODY, thrown.reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "five\r\nhello\r\n0\r\n\r\n",
                "4\r\nhello\r\n0\r\n\r\n",
                "-1\r\n\r\n",
                "7fffffffffffffffff\r\nhello"
            })
    void whatIsNotChunkedIsRefused(String encoded) {
        assertThrows(SignatureRefused.class, () -> read(encoded, ""));
    }
}
