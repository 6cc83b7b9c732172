package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.cli.Clients;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Pages of other sites before a platform without keys: what a bucket's rule opens, and that
/// nothing else opens with it.
class CorsTest {
    private static final String PAGE = "https://app.example";
    private static final String SIGNED =
            "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261125%2Fus-east-1%2Fs3"
                    + "%2Faws4_request&X-Amz-Date=20261125T000000Z&X-Amz-Expires=900"
                    + "&X-Amz-SignedHeaders=host&X-Amz-Signature=0";

    @TempDir private Path folder;
    private TestPlatform platform;
    private S3Client s3;

    @BeforeEach
    void start() throws Exception {
        platform = new TestPlatform(TestPlatform.settings(folder));
        s3 =
                new Clients(
                                platform.endpoint(),
                                Caller.DEFAULT_REGION,
                                "test",
                                "test",
                                Optional.empty())
                        .s3();
        for (String bucket : List.of("open", "closed", "endpoints")) {
            s3.createBucket(r -> r.bucket(bucket));
            s3.putObject(r -> r.bucket(bucket).key("k"), RequestBody.fromString("content"));
        }
    }

    @AfterEach
    void stop() {
        s3.close();
        platform.close();
    }

    private void rule(String bucket, String origin) {
        CORSRule rule =
                CORSRule.builder()
                        .allowedOrigins(origin)
                        .allowedMethods("GET", "PUT", "POST")
                        .allowedHeaders("x-amz-*", "content-type")
                        .exposeHeaders("ETag")
                        .maxAgeSeconds(600)
                        .build();
        s3.putBucketCors(r -> r.bucket(bucket).corsConfiguration(c -> c.corsRules(rule)));
    }

    private HttpResponse<String> send(String method, String target, String... headers)
            throws Exception {
        return TestPlatform.send(
                HttpRequest.newBuilder(platform.endpoint().resolve(target))
                        .method(method, BodyPublishers.ofString(method.equals("PUT") ? "new" : ""))
                        .headers(headers));
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void theNamedPageReadsAndWritesObjectsOfThatBucket() throws Exception {
        rule("open", PAGE);
        HttpResponse<String> preflight =
                send(
                        "OPTIONS",
                        "/open/k",
                        "Origin",
                        PAGE,
                        "Access-Control-Request-Method",
                        "PUT",
                        "Access-Control-Request-Headers",
                        "Content-Type,X-Amz-Date");
        assertEquals(200, preflight.statusCode(), preflight.body());
        assertEquals(PAGE, header(preflight, "Access-Control-Allow-Origin"));
        assertEquals("GET, PUT, POST", header(preflight, "Access-Control-Allow-Methods"));
        assertEquals("content-type, x-amz-date", header(preflight, "Access-Control-Allow-Headers"));
        assertEquals("600", header(preflight, "Access-Control-Max-Age"));

        assertEquals(200, send("PUT", "/open/k" + SIGNED, "Origin", PAGE).statusCode());
        HttpResponse<String> read = send("GET", "/open/k" + SIGNED, "Origin", PAGE);
        assertEquals("new", read.body());
        assertEquals(PAGE, header(read, "Access-Control-Allow-Origin"));
        assertEquals("ETag", header(read, "Access-Control-Expose-Headers"));
        HttpResponse<String> missing = send("GET", "/open/none" + SIGNED, "Origin", PAGE);
        assertEquals(404, missing.statusCode());
        assertEquals(PAGE, header(missing, "Access-Control-Allow-Origin"));
    }

    @Test
    void nothingElseOpensWithIt() throws Exception {
        rule("open", PAGE);
        rule("endpoints", PAGE);
        String[] page = {"Origin", PAGE};
        refused(send("GET", "/open/k", page), "unsigned");
        refused(send("GET", "/closed/k" + SIGNED, page), "another bucket");
        refused(send("GET", "/open/k" + SIGNED, "Origin", "https://evil.example"), "evil");
        refused(send("GET", "/open/k" + SIGNED, "Origin", "null"), "null");
        refused(send("DELETE", "/open/k" + SIGNED, page), "a method without a rule");
        refused(send("GET", "/open" + SIGNED, page), "listing");
        refused(send("PUT", "/open" + SIGNED + "&cors", page), "the rules themselves");
        refused(send("GET", "/open/k" + SIGNED + "&acl", page), "what is no content");
        refused(
                send("PUT", "/open/k" + SIGNED + "&x-amz-copy-source=closed%2Fk", page),
                "a copy out of another bucket");
        refused(
                send("PUT", "/open/k" + SIGNED, "Origin", PAGE, "x-amz-copy-source", "closed/k"),
                "the same by a header");
        refused(send("POST", "/endpoints/flights/invocations", page), "an invocation");
        String forRuntime = SIGNED.replace("%2Fs3%2F", "%2Fsagemaker%2F");
        refused(send("POST", "/endpoints/flights/invocations" + forRuntime, page), "signed");
        refused(
                send("POST", "/open/k" + SIGNED, "Origin", PAGE, "X-Amz-Target", "SageMaker.List"),
                "another service");
        refused(send("GET", "/_dormouse/status" + SIGNED, page), "our own page");
        refused(send("POST", "/_dormouse/reset" + SIGNED, page), "the reset");
        refused(
                send(
                        "OPTIONS",
                        "/closed/k",
                        "Origin",
                        PAGE,
                        "Access-Control-Request-Method",
                        "GET"),
                "the preflight for another bucket");
        assertEquals(
                "content",
                s3.getObjectAsBytes(r -> r.bucket("open").key("k")).asUtf8String(),
                "nothing was written");
    }

    @Test
    void aWildcardNamesNobodyOnAnOpenPlatform() throws Exception {
        rule("open", "*");
        refused(send("GET", "/open/k" + SIGNED, "Origin", PAGE), "*");
        rule("open", "https://*.example");
        refused(send("GET", "/open/k" + SIGNED, "Origin", PAGE), "https://*.example");
        rule("open", "*");
        HttpResponse<String> here =
                send("GET", "/open/k" + SIGNED, "Origin", "http://localhost:3000");
        assertEquals("*", header(here, "Access-Control-Allow-Origin"));
    }

    @Test
    void rulesAreCheckedAndKept() {
        invalid("MalformedXML", CORSRule.builder().allowedMethods("GET"));
        invalid("MalformedXML", CORSRule.builder().allowedOrigins("*"));
        invalid("InvalidRequest", CORSRule.builder().allowedOrigins("*").allowedMethods("PATCH"));
        invalid("InvalidRequest", CORSRule.builder().allowedOrigins("*a*").allowedMethods("GET"));
        invalid(
                "InvalidRequest",
                CORSRule.builder().allowedOrigins("*").allowedMethods("GET").exposeHeaders("*"));
        assertThrows(S3Exception.class, () -> s3.getBucketCors(r -> r.bucket("open")));
        rule("open", PAGE);
        CORSRule kept = s3.getBucketCors(r -> r.bucket("open")).corsRules().getFirst();
        assertEquals(List.of(PAGE), kept.allowedOrigins());
        assertEquals(600, kept.maxAgeSeconds());
        s3.deleteBucketCors(r -> r.bucket("open"));
        S3Exception gone =
                assertThrows(S3Exception.class, () -> s3.getBucketCors(r -> r.bucket("open")));
        assertEquals("NoSuchCORSConfiguration", gone.awsErrorDetails().errorCode());
    }

    private void invalid(String code, CORSRule.Builder rule) {
        S3Exception refused =
                assertThrows(
                        S3Exception.class,
                        () ->
                                s3.putBucketCors(r ->
                                        r.bucket("open")
                                                .corsConfiguration(
                                                        c -> c.corsRules(rule.build()))));
        assertEquals(code, refused.awsErrorDetails().errorCode());
    }

    private static void refused(HttpResponse<String> answer, String what) {
        assertEquals(403, answer.statusCode(), what + ": " + answer.body());
        assertTrue(answer.body().contains("answers loopback names only"), what);
        assertFalse(answer.headers().firstValue("Access-Control-Allow-Origin").isPresent(), what);
    }
}
