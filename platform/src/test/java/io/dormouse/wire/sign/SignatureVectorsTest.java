package io.dormouse.wire.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dormouse.aws.Caller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// AWS's published examples: the signature version 4 test suite, and the pages of S3's REST API on
/// signing in headers, in the query, and chunk by chunk.
class SignatureVectorsTest {
    private static final String SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final String S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String TOKEN =
            "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmx"
                    + "fpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburE"
                    + "Dy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPk"
                    + "UL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static Signatures signatures(String id, String secret, String token, String now) {
        Keys.Key key =
                new Keys.Key(secret, token, "123456789012", "arn:aws:iam::123456789012:root");
        return new Signatures(
                each -> Optional.of(key).filter(_ -> each.equals(id)),
                "us-east-1",
                InstantSource.fixed(Instant.parse(now)),
                1 << 20);
    }

    private static Sent suite(
            String request, String headers, String body, String signedHeaders, String signature) {
        return Sent.of(
                request
                        + "\nHost:example.amazonaws.com\n"
                        + headers
                        + "X-Amz-Date:20150830T123600Z\nAuthorization: AWS4-HMAC-SHA256"
                        + " Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                        + " SignedHeaders="
                        + signedHeaders
                        + ", Signature="
                        + signature
                        + "\n\n"
                        + body);
    }

    static Stream<Arguments> suite() {
        String plain = "host;x-amz-date";
        String vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        String unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        return Stream.of(
                Arguments.of("GET /", "", "", plain, vanilla),
                Arguments.of("GET /./", "", "", plain, vanilla),
                Arguments.of("GET /example1/example2/../..", "", "", plain, vanilla),
                Arguments.of(
                        "GET /?Param2=value2&Param1=value1",
                        "",
                        "",
                        plain,
                        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
                Arguments.of(
                        "GET /?" + unreserved + "=" + unreserved,
                        "",
                        "",
                        plain,
                        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
                Arguments.of(
                        "GET /ሴ",
                        "",
                        "",
                        plain,
                        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
                Arguments.of(
                        "GET /?ሴ=bar",
                        "",
                        "",
                        plain,
                        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
                Arguments.of(
                        "GET /",
                        "My-Header1: value1\nMy-Header2: \"a   b   c\"\n",
                        "",
                        "host;my-header1;my-header2;x-amz-date",
                        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
                Arguments.of(
                        "GET /",
                        "My-Header1:value2\nMy-Header1:value2\nMy-Header1:value1\n",
                        "",
                        "host;my-header1;x-amz-date",
                        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
                Arguments.of(
                        "POST /",
                        "My-Header1:value1\n",
                        "",
                        "host;my-header1;x-amz-date",
                        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
                Arguments.of(
                        "POST /",
                        "Content-Type:application/x-www-form-urlencoded\n",
                        "Param1=value1",
                        "content-type;host;x-amz-date",
                        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"));
    }

    @ParameterizedTest
    @MethodSource("suite")
    void theTestSuitesRequestsAreAccepted(
            String request, String headers, String body, String signedHeaders, String signature)
            throws IOException {
        Sent sent = suite(request, headers, body, signedHeaders, signature);
        Signatures signatures = signatures("AKIDEXAMPLE", SUITE_SECRET, "", "2015-08-30T12:40:00Z");
        Caller caller = signatures.verify(sent);
        assertEquals("AKIDEXAMPLE", caller.accessKey());
        assertEquals("us-east-1", caller.region());

        Signatures others = signatures("AKIDEXAMPLE", "another", "", "2015-08-30T12:40:00Z");
        AwsServiceException thrown =
                assertThrows(AwsServiceException.class, () -> others.verify(sent));
        assertEquals("InvalidSignatureException", thrown.awsErrorDetails().errorCode());
    }

    @Test
    void temporaryCredentialsNeedTheirToken() throws IOException {
        Sent sent =
                suite(
                        "POST /",
                        "X-Amz-Security-Token:" + TOKEN + "\n",
                        "",
                        "host;x-amz-date;x-amz-security-token",
                        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
        signatures("AKIDEXAMPLE", SUITE_SECRET, TOKEN, "2015-08-30T12:40:00Z").verify(sent);

        Signatures others =
                signatures("AKIDEXAMPLE", SUITE_SECRET, "other", "2015-08-30T12:40:00Z");
        AwsServiceException thrown =
                assertThrows(AwsServiceException.class, () -> others.verify(sent));
        assertEquals("UnrecognizedClientException", thrown.awsErrorDetails().errorCode());
    }

    @Test
    void anOldSignatureIsRefused() {
        Sent sent =
                suite(
                        "GET /",
                        "",
                        "",
                        "host;x-amz-date",
                        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        Signatures late = signatures("AKIDEXAMPLE", SUITE_SECRET, "", "2015-08-30T12:51:01Z");
        AwsServiceException thrown =
                assertThrows(AwsServiceException.class, () -> late.verify(sent));
        assertEquals("InvalidSignatureException", thrown.awsErrorDetails().errorCode());
    }

    private static Signed s3(Sent sent, String now) {
        return signatures("AKIAIOSFODNN7EXAMPLE", S3_SECRET, "", now).verify(sent, sent.path());
    }

    @Test
    void s3sExampleOfAGetWithARangeIsAccepted() {
        Sent sent =
                Sent.of(
                        """
                        GET /test.txt
                        Host: examplebucket.s3.amazonaws.com
                        Range: bytes=0-9
                        x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                        x-amz-date: 20130524T000000Z
                        Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41
                        """);
        assertEquals("AKIAIOSFODNN7EXAMPLE", s3(sent, "2013-05-24T00:00:10Z").caller().accessKey());
    }

    @Test
    void s3sExampleOfAPresignedUrlIsAcceptedForADay() {
        Sent sent =
                Sent.of(
                        "GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                                + "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
                                + "&X-Amz-SignedHeaders=host&X-Amz-Signature="
                                + "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\n"
                                + "Host: examplebucket.s3.amazonaws.com");
        s3(sent, "2013-05-24T23:59:00Z");

        SignatureRefused thrown =
                assertThrows(SignatureRefused.class, () -> s3(sent, "2013-05-25T00:00:01Z"));
        assertEquals("Request has expired", thrown.sentence());
    }

    private static final String CHUNKED =
            """
            PUT /examplebucket/chunkObject.txt
            Host: s3.amazonaws.com
            x-amz-date: 20130524T000000Z
            x-amz-storage-class: REDUCED_REDUNDANCY
            Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9
            x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD
            Content-Encoding: aws-chunked
            x-amz-decoded-content-length: 66560
            Content-Length: 66824
            """;

    private static byte[] chunks(String lastSignature) {
        return ("10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n"
                        + "a".repeat(65536)
                        + "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n"
                        + "a".repeat(1024)
                        + "\r\n0;chunk-signature="
                        + lastSignature
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void s3sExampleOfASignedChunkedBodyIsReadAndAForgedOneIsNot() throws IOException {
        Signed signed = s3(Sent.of(CHUNKED), "2013-05-24T00:00:00Z");
        byte[] right = chunks("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
        try (ChunkedBody body =
                new ChunkedBody(new ByteArrayInputStream(right), signed.chunks(), "")) {
            assertEquals(
                    "a".repeat(66560), new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
        byte[] forged = right.clone();
        forged[66_000] = 'b';
        try (ChunkedBody body =
                new ChunkedBody(new ByteArrayInputStream(forged), signed.chunks(), "")) {
            SignatureRefused thrown = assertThrows(SignatureRefused.class, body::readAllBytes);
            assertEquals(SignatureRefused.Reason.MISMATCH, thrown.reason());
        }
    }
}
