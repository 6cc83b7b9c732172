package io.dormouse.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.wire.sign.Checksum;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;

/// What clients do, and S3 with it, that no shape says.
class ProtocolQuirksTest extends S3TestCase {
    /// A request that no HTTP library would send as it is.
    private String raw(String head) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), platform.endpoint().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write((head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a//b", "a/./b", "../a", "a%2Fb", "/lead", "trail/", "%20", "a+b", "."})
    void aKeyIsNoPath(String target) throws IOException {
        String put =
                raw(
                        "PUT /bkt/"
                                + target
                                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                                + "Connection: close");
        assertTrue(put.startsWith("HTTP/1.1 200"), put);
        String key = URLDecoder.decode(target.replace("+", "%2B"), StandardCharsets.UTF_8);
        assertEquals(key, s3.listObjectsV2(r -> r.bucket(BUCKET)).contents().getFirst().key());
        assertEquals(
                0, platform.objects().headObject(r -> r.bucket(BUCKET).key(key)).contentLength());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bkt.localhost", "bkt.s3.localhost:4600"})
    void theBucketMayBeInTheHost(String host) throws IOException {
        put("a", "hello");
        String answer = raw("GET /a HTTP/1.1\r\nHost: " + host + "\r\nConnection: close");
        assertTrue(answer.startsWith("HTTP/1.1 200") && answer.endsWith("hello"), answer);
    }

    @Test
    void anErrorSaysWhatAndWhere() {
        HttpResponse<String> answer = platform.send("GET", "/bkt/absent", "");
        assertEquals(404, answer.statusCode());
        assertEquals("application/xml", answer.headers().firstValue("content-type").orElse(""));
        String id = answer.headers().firstValue("x-amz-request-id").orElseThrow();
        assertTrue(
                answer.body().contains("<Code>NoSuchKey</Code>")
                        && answer.body().contains("<Key>absent</Key>")
                        && answer.body().contains("<RequestId>" + id + "</RequestId>"),
                answer.body());
        HttpResponse<String> head = platform.send("HEAD", "/bkt/absent", "");
        assertEquals(404, head.statusCode());
        assertEquals("", head.body());
        assertTrue(head.headers().firstValue("x-amz-request-id").isPresent());
    }

    @Test
    void metadataIsUtf8() throws IOException {
        String put =
                raw(
                        "PUT /bkt/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
                                + "x-amz-meta-Author: Grüße\r\nConnection: close");
        assertTrue(put.startsWith("HTTP/1.1 200"), put);
        assertEquals(
                "Grüße",
                platform.objects()
                        .headObject(r -> r.bucket(BUCKET).key("a"))
                        .metadata()
                        .get("author"));
        String head = raw("HEAD /bkt/a HTTP/1.1\r\nHost: localhost\r\nConnection: close");
        assertTrue(head.contains("Grüße"), head);
    }

    @ParameterizedTest
    @CsvSource({
        "x-amz-server-side-encryption, aws:kms:dsse",
        "x-amz-server-side-encryption-aws-kms-key-id, alias/mine",
        "x-amz-server-side-encryption-customer-algorithm, AES256"
    })
    void encryptionThatIsNotDoneIsRefused(String header, String value) {
        HttpResponse<String> answer = platform.send("PUT", "/bkt/a", "x", header, value);
        assertEquals(501, answer.statusCode(), answer.body() + answer.headers());
        assertTrue(answer.body().contains("<Code>NotImplemented</Code>"), answer.body());
    }

    @Test
    void theAccountsDefaultKeyIsTakenForOurs() {
        HttpResponse<String> answer =
                platform.send("PUT", "/bkt/a", "x", "x-amz-server-side-encryption", "aws:kms");
        assertEquals(200, answer.statusCode(), answer.body());
        assertNull(
                platform.objects()
                        .headObject(r -> r.bucket(BUCKET).key("a"))
                        .serverSideEncryption());
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /bkt?versioning, 400, MalformedXML",
        "PUT, /bkt?policy, 501, NotImplemented",
        "PUT, /bkt/a?acl, 501, NotImplemented",
        "POST, /bkt/a?restore, 501, NotImplemented",
        "POST, /bkt, 405, MethodNotAllowed",
        "PATCH, /bkt/a, 405, MethodNotAllowed",
        "OPTIONS, /bkt/a, 400, BadRequest",
        "GET, /bkt/a?partNumber=x, 400, InvalidArgument",
        "GET, /bkt?list-type=2&max-keys=many, 400, InvalidArgument",
        "GET, /bkt?encoding-type=base64, 400, InvalidArgument"
    })
    void whatCannotBeDoneSaysSo(String method, String target, int status, String code) {
        put("a", "still here");
        HttpResponse<String> answer = platform.send(method, target, "");
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("<Code>" + code + "</Code>"), answer.body());
        assertEquals("still here", get("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Delete>",
                "nothing",
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&e;</Key></Object></Delete>",
                "<Delete></Delete>"
            })
    void aBrokenDocumentIsRefused(String document) {
        Checksum.Running md5 = Checksum.digest("MD5");
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        md5.update(bytes, 0, bytes.length);
        HttpResponse<String> answer =
                platform.send("POST", "/bkt?delete", document, "Content-MD5", md5.base64());
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("<Code>MalformedXML</Code>"), answer.body());
    }

    @Test
    void manyAreDeletedAtOnce() {
        put("a", "1");
        put("b", "2");
        DeleteObjectsResponse answer =
                s3.deleteObjects(r ->
                        r.bucket(BUCKET)
                                .delete(
                                        Delete.builder()
                                                .objects(
                                                        ObjectIdentifier.builder().key("a").build(),
                                                        ObjectIdentifier.builder()
                                                                .key("none")
                                                                .build(),
                                                        ObjectIdentifier.builder()
                                                                .key("b")
                                                                .eTag("\"other\"")
                                                                .build())
                                                .build()));
        assertEquals(2, answer.deleted().size());
        assertEquals("PreconditionFailed", answer.errors().getFirst().code());
        assertEquals("2", get("b"));
        HttpResponse<String> unsummed =
                platform.send(
                        "POST", "/bkt?delete", "<Delete><Object><Key>b</Key></Object></Delete>");
        assertTrue(unsummed.body().contains("Content-MD5"), unsummed.body());
    }

    @Test
    void limitsOfKeysAndMetadataHold() {
        refused(
                "KeyTooLongError",
                400,
                () ->
                        platform.objects()
                                .putObject(
                                        r -> r.bucket(BUCKET).key("k".repeat(1025)),
                                        RequestBody.empty()));
        refused(
                "MetadataTooLarge",
                400,
                () ->
                        platform.objects()
                                .putObject(
                                        r ->
                                                r.bucket(BUCKET)
                                                        .key("k")
                                                        .metadata(Map.of("m", "x".repeat(2048))),
                                        RequestBody.empty()));
    }

    @Test
    void aBodyThatBreaksOffLeavesNothing() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), platform.endpoint().getPort())) {
            socket.getOutputStream()
                    .write(
                            "PUT /bkt/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"
                                    .getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
        assertEquals(404, platform.send("HEAD", "/bkt/half", "").statusCode());
    }
}
