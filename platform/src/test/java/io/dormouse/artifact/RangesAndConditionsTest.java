package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

class RangesAndConditionsTest extends S3TestCase {
    private String etag = "";

    @BeforeEach
    void putDigits() {
        put("digits", "0123456789");
        etag = s3.headObject(r -> r.bucket(BUCKET).key("digits")).eTag();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, bytes 0-0/10",
        "bytes=2-4, 234, bytes 2-4/10",
        "bytes=7-, 789, bytes 7-9/10",
        "bytes=-3, 789, bytes 7-9/10",
        "bytes=5-1000, 56789, bytes 5-9/10",
        "bytes=-1000, 0123456789, bytes 0-9/10"
    })
    void aRangeIsAnsweredWithItsBytes(String range, String content, String said) {
        ResponseBytes<GetObjectResponse> answer =
                s3.getObject(
                        r -> r.bucket(BUCKET).key("digits").range(range),
                        ResponseTransformer.toBytes());
        assertEquals(content, answer.asUtf8String());
        assertEquals(said, answer.response().contentRange());
        HeadObjectResponse head = s3.headObject(r -> r.bucket(BUCKET).key("digits").range(range));
        assertEquals(content.length(), head.contentLength());
        assertEquals(206, head.sdkHttpResponse().statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=-0", "bytes=11-12"})
    void aRangeBeyondTheEndIsNot(String range) {
        refused("InvalidRange", 416, () -> getRange(range));
        assertEquals(
                "bytes */10",
                platform.send("GET", "/bkt/digits", "", "Range", range)
                        .headers()
                        .firstValue("content-range")
                        .orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=4-2", "lines=1-2", "bytes=a-b", "bytes=0-1,3-4", "bytes=-"})
    void whatIsNoRangeIsAsGoodAsNone(String range) {
        assertEquals("0123456789", getRange(range));
    }

    private String getRange(String range) {
        return s3.getObject(
                        r -> r.bucket(BUCKET).key("digits").range(range),
                        ResponseTransformer.toBytes())
                .asUtf8String();
    }

    @Test
    void aReadersConditionsHold() {
        Instant before = Instant.now().minus(Duration.ofHours(1));
        Instant after = Instant.now().plus(Duration.ofHours(1));
        s3.headObject(r -> r.bucket(BUCKET).key("digits").ifMatch(etag));
        s3.headObject(r -> r.bucket(BUCKET).key("digits").ifModifiedSince(before));
        s3.headObject(r -> r.bucket(BUCKET).key("digits").ifMatch(etag).ifUnmodifiedSince(before));
        refused(
                "PreconditionFailed",
                412,
                () -> s3.getObject(r -> r.bucket(BUCKET).key("digits").ifMatch("\"x\"")).close());
        refused(
                "PreconditionFailed",
                412,
                () ->
                        s3.getObject(r -> r.bucket(BUCKET).key("digits").ifUnmodifiedSince(before))
                                .close());
        assertEquals(
                304, platform.send("GET", "/bkt/digits", "", "If-None-Match", etag).statusCode());
        var notModified =
                platform.send(
                        "GET",
                        "/bkt/digits",
                        "",
                        "If-Modified-Since",
                        java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                after.atOffset(java.time.ZoneOffset.UTC)));
        assertEquals(304, notModified.statusCode());
        assertEquals(etag, notModified.headers().firstValue("etag").orElse(""));
        assertEquals("", notModified.body());
        assertEquals(1, notModified.headers().allValues("x-amz-request-id").size());
    }

    @Test
    void aWritersConditionsHold() {
        refused(
                "PreconditionFailed",
                412,
                () ->
                        s3.putObject(
                                r -> r.bucket(BUCKET).key("digits").ifNoneMatch("*"),
                                RequestBody.fromString("other")));
        refused(
                "PreconditionFailed",
                412,
                () ->
                        s3.putObject(
                                r -> r.bucket(BUCKET).key("digits").ifMatch("\"x\""),
                                RequestBody.fromString("other")));
        refused(
                "NoSuchKey",
                404,
                () ->
                        s3.putObject(
                                r -> r.bucket(BUCKET).key("absent").ifMatch(etag),
                                RequestBody.fromString("other")));
        assertEquals("0123456789", get("digits"));
        s3.putObject(
                r -> r.bucket(BUCKET).key("new").ifNoneMatch("*"), RequestBody.fromString("1"));
        s3.putObject(
                r -> r.bucket(BUCKET).key("digits").ifMatch(etag), RequestBody.fromString("other"));
        assertEquals("other", get("digits"));
    }

    @Test
    void theCallerSaysWhatTheHeadersSay() {
        GetObjectResponse answer =
                s3.getObject(
                                r ->
                                        r.bucket(BUCKET)
                                                .key("digits")
                                                .responseContentType("text/csv")
                                                .responseContentDisposition("attachment"),
                                ResponseTransformer.toBytes())
                        .response();
        assertEquals("text/csv", answer.contentType());
        assertEquals("attachment", answer.contentDisposition());
    }
}
