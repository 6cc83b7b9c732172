package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Functions by HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class FunctionUrlsTest {
    private static final String ECHO =
            """
            import base64
            def main(event, context):
                path = event["rawPath"]
                if path == "/plain":
                    return "just text"
                if path == "/object":
                    return {"a": 1}
                if path == "/raise":
                    raise ValueError("boom")
                if path == "/whole":
                    return {"statusCode": 201, "headers": {"X-Mine": "yes", "Content-Type": "image/png"},
                            "cookies": ["a=1; Path=/", "b=2"], "isBase64Encoded": True,
                            "body": base64.b64encode(bytes([137, 80])).decode()}
                return event
            """;

    private FunctionPlatform here;
    private String url;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        here = new FunctionPlatform(folder);
        here.create("web", ECHO, Map.of());
        url = here.url("web");
    }

    @AfterAll
    void stop() {
        if (here != null) {
            here.close();
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void aRequestIsAnEventOfPayloadFormat2() throws Exception {
        HttpResponse<String> answer =
                TestPlatform.send(
                        here.request(url + "a/b?x=1&x=2&y=%20z")
                                .header("Cookie", "c=1; d=2")
                                .header("X-Two", "1")
                                .header("X-Two", "2")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"ä\": 1}")));
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode event = json(answer);
        assertEquals("2.0", event.get("version").asString());
        assertEquals("/a/b", event.get("rawPath").asString());
        assertEquals("x=1&x=2&y=%20z", event.get("rawQueryString").asString());
        assertEquals("1,2", event.get("queryStringParameters").get("x").asString());
        assertEquals(" z", event.get("queryStringParameters").get("y").asString());
        assertEquals("1,2", event.get("headers").get("x-two").asString());
        assertEquals("[\"c=1\",\"d=2\"]", event.get("cookies").toString());
        assertEquals("{\"ä\": 1}", event.get("body").asString());
        assertEquals("POST", event.get("requestContext").get("http").get("method").asString());
        assertEquals("anonymous", event.get("requestContext").get("accountId").asString());
    }

    @Test
    void bytesGoBothWays() throws Exception {
        HttpResponse<String> sent =
                TestPlatform.send(
                        here.request(url).POST(BodyPublishers.ofByteArray(new byte[] {0, -1, 7})));
        assertTrue(json(sent).get("isBase64Encoded").asBoolean(), sent.body());
        assertEquals("AP8H", json(sent).get("body").asString());
        HttpResponse<String> whole = here.get(url + "whole");
        assertEquals(201, whole.statusCode());
        assertEquals("yes", whole.headers().firstValue("X-Mine").orElse(""));
        assertEquals("image/png", whole.headers().firstValue("Content-Type").orElse(""));
        assertEquals(List.of("a=1; Path=/", "b=2"), whole.headers().allValues("Set-Cookie"));
        assertEquals("2", whole.headers().firstValue("Content-Length").orElse(""));
    }

    @Test
    void shortAnswersAreMadeWhole() throws Exception {
        HttpResponse<String> text = here.get(url + "plain");
        assertEquals("just text", text.body());
        assertEquals("application/json", text.headers().firstValue("Content-Type").orElse(""));
        assertEquals("{\"a\": 1}", here.get(url + "object").body());
        HttpResponse<String> failed = here.get(url + "raise");
        assertEquals(502, failed.statusCode());
        assertEquals("{\"Message\":\"Internal Server Error\"}", failed.body());
    }

    /// The name of a host below `localhost` is not looked up, as few machines know it.
    @Test
    void theUrlItselfAnswersByItsHost() throws Exception {
        String real = here.lambda.getFunctionUrlConfig(r -> r.functionName("web")).functionUrl();
        assertTrue(
                real.matches("http://[0-9a-f]{32}\\.lambda-url\\.us-east-1\\.localhost:[0-9]+/"),
                real);
        String host = real.substring("http://".length(), real.length() - 1);
        assertTrue(
                asked(host, "/endpoints/x/invocations").contains("\"/endpoints/x/invocations\""));
        String other = host.replaceFirst("^.{32}", "0".repeat(32));
        assertTrue(asked(other, "/").startsWith("HTTP/1.1 403 "));
    }

    private String asked(String host, String path) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", here.platform.endpoint().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .collect(Collectors.joining("\n"));
        }
    }

    @Test
    void withoutPermissionOrSignatureNobodyIsLetIn() throws Exception {
        here.create("closed", "def main(event, context): return 'in'", Map.of());
        here.lambda.createFunctionUrlConfig(r -> r.functionName("closed").authType("NONE"));
        String path = "/_dormouse/functions/closed/";
        assertEquals(403, here.get(path).statusCode());
        here.lambda.addPermission(r ->
                r.functionName("closed")
                        .statementId("public")
                        .action("lambda:InvokeFunctionUrl")
                        .principal("*")
                        .functionUrlAuthType("NONE"));
        assertEquals("in", here.get(path).body());
        assertTrue(
                here.lambda
                        .getPolicy(r -> r.functionName("closed"))
                        .policy()
                        .contains("\"lambda:FunctionUrlAuthType\":\"NONE\""));
        here.lambda.removePermission(r -> r.functionName("closed").statementId("public"));
        assertEquals(403, here.get(path).statusCode());
        here.lambda.addPermission(r ->
                r.functionName("closed")
                        .statementId("ours")
                        .action("lambda:InvokeFunctionUrl")
                        .principal("*")
                        .principalOrgID("o-0123456789")
                        .functionUrlAuthType("NONE"));
        assertEquals(403, here.get(path).statusCode(), "for the members of an organisation");
    }

    @Test
    void asksForASignatureOfLambda() throws Exception {
        here.create("signed", ACCOUNT, Map.of());
        String path = here.url("signed");
        assertEquals("anonymous", authorized(path, "Bearer of something").body());
        here.lambda.updateFunctionUrlConfig(r -> r.functionName("signed").authType("AWS_IAM"));
        assertEquals(403, here.get(path).statusCode());
        assertEquals(403, authorized(path, "Bearer of something").statusCode());
        assertEquals(403, authorized(path, signature("s3")).statusCode());
        assertEquals("123456789012", authorized(path, signature("lambda")).body());
    }

    private static final String ACCOUNT =
            "def main(event, context): return event['requestContext']['accountId']";

    private static String signature(String service) {
        return "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/"
                + service
                + "/aws4_request, SignedHeaders=host, Signature=00";
    }

    private HttpResponse<String> authorized(String path, String word) throws Exception {
        return TestPlatform.send(here.request(path).header("Authorization", word));
    }

    @Test
    void anAliasMadeAgainBeginsClosed() throws Exception {
        here.create("again", "def main(event, context): return 'in'", Map.of());
        open("again", "live");
        here.lambda.addPermission(r ->
                r.functionName("again")
                        .qualifier("live")
                        .statementId("public")
                        .action("lambda:InvokeFunctionUrl")
                        .principal("*")
                        .functionUrlAuthType("NONE"));
        assertEquals("in", here.get("/_dormouse/functions/again:live/").body());
        here.lambda.deleteAlias(r -> r.functionName("again").name("live"));
        open("again", "live");
        assertEquals(403, here.get("/_dormouse/functions/again:live/").statusCode());
    }

    private void open(String name, String alias) {
        here.lambda.createAlias(r -> r.functionName(name).name(alias).functionVersion("$LATEST"));
        here.lambda.createFunctionUrlConfig(
                r -> r.functionName(name).qualifier(alias).authType("NONE"));
    }

    @Test
    void aRequestThatIsTooLongAsAnEventIsToldSo() throws Exception {
        HttpResponse<String> answer =
                TestPlatform.send(
                        here.request(url).POST(BodyPublishers.ofByteArray(new byte[5_000_000])));
        assertEquals(413, answer.statusCode(), answer.body());
    }

    @Test
    void pagesOfConfiguredSitesMayCall() throws Exception {
        here.create("pages", "def main(event, context): return 'in'", Map.of());
        String path = here.url("pages");
        assertEquals(403, page(path, "GET", "https://a.example").statusCode());
        here.lambda.updateFunctionUrlConfig(r ->
                r.functionName("pages")
                        .cors(c ->
                                c.allowOrigins("https://a.example")
                                        .allowMethods("POST")
                                        .allowHeaders("x-api-key")
                                        .maxAge(300)));
        HttpResponse<String> asked = page(path, "OPTIONS", "https://a.example");
        assertEquals(200, asked.statusCode(), asked.body());
        assertEquals("POST", asked.headers().firstValue("Access-Control-Allow-Methods").orElse(""));
        assertEquals("300", asked.headers().firstValue("Access-Control-Max-Age").orElse(""));
        HttpResponse<String> answer = page(path, "GET", "https://a.example");
        assertEquals("in", answer.body());
        assertEquals(
                "https://a.example",
                answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals(403, page(path, "GET", "https://b.example").statusCode());
    }

    private HttpResponse<String> page(String path, String method, String origin) throws Exception {
        return TestPlatform.send(
                here.request(path)
                        .header("Origin", origin)
                        .header("Access-Control-Request-Method", "POST")
                        .method(method, BodyPublishers.noBody()));
    }

    @Test
    void keysAndRatesHoldCallersOff() throws Exception {
        here.create(
                "metered",
                "def main(event, context): return event['requestContext']['authorizer']['apiKeyId']",
                Map.of(
                        "dormouse:api-key:first", "0123456789abcdef",
                        "dormouse:api-key:second", "fedcba9876543210",
                        "dormouse:rate:first", "0.001/2"));
        String path = here.url("metered");
        assertEquals(403, here.get(path).statusCode());
        assertEquals(403, keyed(path, "0123456789abcdee").statusCode());
        assertEquals("first", keyed(path, "0123456789abcdef").body());
        assertEquals("first", keyed(path, "0123456789abcdef").body());
        HttpResponse<String> often = keyed(path, "0123456789abcdef");
        assertEquals(429, often.statusCode());
        assertTrue(Integer.parseInt(often.headers().firstValue("Retry-After").orElse("0")) > 900);
        for (int i = 0; i < 5; i++) {
            assertEquals("second", keyed(path, "fedcba9876543210").body());
        }
    }

    /// Whatever region a request names: tags, and the keys in them, are a function's of one region.
    @Test
    void keysAreAskedForInEveryRegion() throws Exception {
        Map<String, String> tags = Map.of("dormouse:api-key", "0123456789abcdef");
        here.create("kept", "def main(event, context): return 'in'", tags);
        here.url("kept");
        String real = here.lambda.getFunctionUrlConfig(r -> r.functionName("kept")).functionUrl();
        String host = real.substring("http://".length(), real.length() - 1);
        for (String region : List.of("us-east-1", "eu-west-1", "lambda", "123456789012")) {
            String said = asked(host.replace(".us-east-1.", "." + region + "."), "/");
            assertTrue(said.startsWith("HTTP/1.1 403 "), region + ": " + said);
        }
        try (LambdaClient lambda =
                here.here(LambdaClient.builder()).region(Region.EU_WEST_1).build()) {
            lambda.createFunction(r ->
                    r.functionName("elsewhere")
                            .runtime("python3.12")
                            .handler("handler.main")
                            .role(FunctionPlatform.ROLE)
                            .tags(tags)
                            .code(c -> c.zipFile(code())));
        }
        String path = here.url("elsewhere");
        assertEquals(403, here.get(path).statusCode());
        assertEquals("in", keyed(path, "0123456789abcdef").body());
    }

    private static SdkBytes code() {
        try {
            return FunctionPlatform.python("def main(event, context): return 'in'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> keyed(String path, String key) throws Exception {
        return TestPlatform.send(here.request(path).header("x-api-key", key));
    }
}
