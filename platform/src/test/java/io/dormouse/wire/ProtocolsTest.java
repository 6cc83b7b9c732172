package io.dormouse.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.cbor.CBORMapper;

/// Answers as they are on the wire: what the SDK for Java does not send or hides.
class ProtocolsTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final CBORMapper CBOR = CBORMapper.shared();
    private static Wired wired;

    @BeforeAll
    static void start() throws IOException {
        wired = new Wired();
    }

    @AfterAll
    static void stop() {
        wired.close();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(wired.uri().resolve(path));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static HttpRequest.Builder json(String target, String body) {
        return request("/")
                .header("X-Amz-Target", target)
                .header("Content-Type", "application/x-amz-json-1.1")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static void assertError(
            int status, String code, String part, HttpResponse<byte[]> answer) {
        assertEquals(status, answer.statusCode(), text(answer));
        JsonNode tree = JSON.readTree(answer.body());
        assertEquals(code, tree.get("__type").asString());
        assertTrue(tree.get("message").asString().contains(part), text(answer));
        assertFalse(header(answer, "x-amzn-RequestId").isEmpty());
    }

    @Test
    void malformedJsonAndWrongTypesSaySo() {
        assertError(
                400, "SerializationException", "", send(json("SageMaker.CreateModel", "{\"Mod")));
        assertError(
                400,
                "SerializationException",
                "object",
                send(json("SageMaker.CreateModel", "[1]")));
        assertError(
                400,
                "SerializationException",
                "ModelName",
                send(json("SageMaker.CreateModel", "{\"ModelName\": 7}")));
        assertError(
                400,
                "SerializationException",
                "MaxResults",
                send(json("SageMaker.ListModels", "{\"MaxResults\": \"7\"}")));
        assertError(
                400,
                "SerializationException",
                "MaxResults",
                send(json("SageMaker.ListModels", "{\"MaxResults\": 99999999999}")));
        assertError(
                413,
                "RequestEntityTooLargeException",
                "longer",
                send(json("SageMaker.ListModels", " ".repeat(Router.DOCUMENT_BYTES_MAX + 1))));
    }

    @Test
    void unknownOperationsAndServicesSaySoInTheirProtocol() {
        assertError(404, "UnknownOperationException", "Nope", send(json("SageMaker.Nope", "{}")));
        assertError(
                501,
                "NotImplementedException",
                "CreateDomain",
                send(json("SageMaker.CreateDomain", "{}")));
        assertError(
                404,
                "UnknownOperationException",
                "DynamoDB_20120810",
                send(json("DynamoDB_20120810.ListTables", "{}")));
        HttpResponse<byte[]> query = send(form("Action=Nope&Version=2011-06-15"));
        assertEquals(400, query.statusCode());
        assertTrue(text(query).contains("<Code>InvalidAction</Code>"), text(query));
        HttpResponse<byte[]> foreign = send(form("Action=RunInstances&Version=2016-11-15"));
        assertEquals(400, foreign.statusCode());
        assertTrue(text(foreign).contains("<Code>InvalidAction</Code>"), text(foreign));
        HttpResponse<byte[]> rest = send(signed(request("/clusters"), "eks").GET());
        assertEquals(404, rest.statusCode());
        assertEquals("UnknownOperationException", header(rest, "x-amzn-ErrorType"));
    }

    private static HttpRequest.Builder form(String body) {
        return request("/")
                .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder signed(HttpRequest.Builder request, String service) {
        return request.header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/20260101/ap-south-1/"
                        + service
                        + "/aws4_request, SignedHeaders=host, Signature=00");
    }

    @Test
    void answersLeaveAbsentMembersOut() {
        send(
                json(
                        "SageMaker.CreateModel",
                        "{\"ModelName\": \"absent-members\", \"PrimaryContainer\": {\"Environment\": {},"
                                + " \"ModelDataUrl\": null}, \"Tags\": [], \"Unknown\": 1}"));
        HttpResponse<byte[]> answer =
                send(json("SageMaker.DescribeModel", "{\"ModelName\": \"absent-members\"}"));
        assertEquals("application/x-amz-json-1.1", header(answer, "Content-Type"));
        assertEquals(
                "{\"ModelName\":\"absent-members\",\"PrimaryContainer\":{\"Environment\":{}},"
                        + "\"CreationTime\":1772600767.089,"
                        + "\"ModelArn\":\"arn:aws:sagemaker:us-east-1:123456789012:model/absent-members\"}",
                text(answer));
    }

    @Test
    void cloudWatchSpeaksAwsJson10WithTheQueryCodeBeside() {
        HttpResponse<byte[]> put =
                send(
                        granite(
                                "PutMetricData",
                                "{\"Namespace\": \"J\", \"MetricData\": [{\"MetricName\": \"m\","
                                        + " \"Value\": 1, \"Timestamp\": 1772600767.089}]}"));
        assertEquals(200, put.statusCode(), text(put));
        assertEquals("application/x-amz-json-1.0", header(put, "Content-Type"));
        assertEquals("{}", text(put));
        var datum = wired.metrics.puts.stream().filter(p -> p.namespace().equals("J")).findFirst();
        assertEquals(
                Optional.of(Fakes.TIME), datum.map(p -> p.metricData().getFirst().timestamp()));
        HttpResponse<byte[]> missing =
                send(granite("DeleteDashboards", "{\"DashboardNames\": [\"a\"]}"));
        assertEquals(404, missing.statusCode());
        assertEquals("ResourceNotFound;Sender", header(missing, "x-amzn-query-error"));
        assertEquals(
                "DashboardNotFoundError", JSON.readTree(missing.body()).get("__type").asString());
        HttpResponse<byte[]> required = send(granite("PutMetricData", "{\"MetricData\": []}"));
        assertEquals("MissingParameter;Sender", header(required, "x-amzn-query-error"));
        assertEquals(
                "MissingRequiredParameterException",
                JSON.readTree(required.body()).get("__type").asString());
    }

    private static HttpRequest.Builder granite(String operation, String body) {
        return request("/")
                .header("X-Amz-Target", "GraniteServiceVersion20100801." + operation)
                .header("x-amzn-query-mode", "true")
                .header("Content-Type", "application/x-amz-json-1.0")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    @Test
    void cloudWatchSpeaksCbor() throws IOException {
        HttpResponse<byte[]> put =
                send(
                        cbor(
                                "PutMetricData",
                                "{\"Namespace\": \"C\", \"MetricData\": [{\"MetricName\": \"m\","
                                        + " \"Value\": 0.25, \"Values\": [1, 2.5]}]}"));
        assertEquals(200, put.statusCode(), text(put));
        assertEquals("rpc-v2-cbor", header(put, "smithy-protocol"));
        assertEquals("application/cbor", header(put, "Content-Type"));
        var datum = wired.metrics.puts.stream().filter(p -> p.namespace().equals("C")).findFirst();
        assertEquals(
                Optional.of(java.util.List.of(1.0, 2.5)),
                datum.map(p -> p.metricData().getFirst().values()));

        ObjectNode asked = JSON.createObjectNode();
        asked.put("Namespace", "C").put("MetricName", "m").put("Period", 60);
        asked.put("StartTime", 1772600767.089).put("EndTime", 1772600800);
        HttpResponse<byte[]> statistics = send(cbor("GetMetricStatistics", asked.toString()));
        JsonNode point = CBOR.readTree(statistics.body()).at("/Datapoints/0");
        assertEquals(1772600767.089, point.get("Timestamp").asDouble());
        assertTrue(hasEpochTag(statistics.body()), "the time has no tag 1");

        HttpResponse<byte[]> missing =
                send(cbor("DeleteDashboards", "{\"DashboardNames\": [\"a\"]}"));
        assertEquals(404, missing.statusCode());
        assertEquals("ResourceNotFound;Sender", header(missing, "x-amzn-query-error"));
        assertEquals(
                "Dashboard a does not exist",
                CBOR.readTree(missing.body()).get("message").asString());
        HttpResponse<byte[]> garbage =
                send(
                        request("/service/GraniteServiceVersion20100801/operation/ListMetrics")
                                .header("smithy-protocol", "rpc-v2-cbor")
                                .POST(
                                        HttpRequest.BodyPublishers.ofByteArray(
                                                new byte[] {(byte) 0xA1, 0x61})));
        assertEquals(400, garbage.statusCode());
        assertEquals(
                "SerializationException", CBOR.readTree(garbage.body()).get("__type").asString());
    }

    /// Tag 1 before a double: 0xC1 0xFB.
    private static boolean hasEpochTag(byte[] body) {
        for (int i = 1; i < body.length; i++) {
            if ((body[i - 1] & 0xFF) == 0xC1 && (body[i] & 0xFF) == 0xFB) {
                return true;
            }
        }
        return false;
    }

    private static HttpRequest.Builder cbor(String operation, String body) {
        return request("/service/GraniteServiceVersion20100801/operation/" + operation)
                .header("smithy-protocol", "rpc-v2-cbor")
                .header("Content-Type", "application/cbor")
                .POST(
                        HttpRequest.BodyPublishers.ofByteArray(
                                CBOR.writeValueAsBytes(JSON.readTree(body))));
    }

    @Test
    void compressedRequestsAreUnpackedWithinTheLimit() throws IOException {
        HttpResponse<byte[]> put =
                send(
                        zipped(
                                "{\"Namespace\": \"Z\", \"MetricData\": [{\"MetricName\": \"m\", \"Value\": 1}]}"));
        assertEquals(200, put.statusCode(), text(put));
        assertTrue(wired.metrics.puts.stream().anyMatch(p -> p.namespace().equals("Z")));
        HttpResponse<byte[]> bomb = send(zipped(" ".repeat(Router.DOCUMENT_BYTES_MAX + 1)));
        assertEquals(413, bomb.statusCode());
    }

    private static HttpRequest.Builder zipped(String body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return granite("PutMetricData", "")
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray()));
    }

    @Test
    void queryWorksByGetAndUnsigned() {
        HttpResponse<byte[]> answer =
                send(request("/?Action=GetCallerIdentity&Version=2011-06-15").GET());
        assertEquals(200, answer.statusCode());
        assertEquals("text/xml", header(answer, "Content-Type"));
        String id = header(answer, "x-amzn-RequestId");
        assertEquals(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        + "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                        + "<GetCallerIdentityResult><UserId>@us-east-1</UserId>"
                        + "<Account>123456789012</Account>"
                        + "<Arn>arn:aws:iam::123456789012:root</Arn></GetCallerIdentityResult>"
                        + "<ResponseMetadata><RequestId>"
                        + id
                        + "</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
                text(answer));
    }

    @Test
    void theScopeGivesTheCallerRegionAndKey() {
        HttpResponse<byte[]> answer =
                send(signed(form("Action=GetCallerIdentity&Version=2011-06-15"), "sts"));
        assertTrue(text(answer).contains("<UserId>AKID@ap-south-1</UserId>"), text(answer));
    }

    @Test
    void queryErrorsAreXml() {
        HttpResponse<byte[]> answer =
                send(form("Action=GetRole&Version=2010-05-08&RoleName=absent"));
        assertEquals(404, answer.statusCode());
        assertTrue(
                text(answer)
                        .contains(
                                "<Error><Type>Sender</Type><Code>NoSuchEntity</Code>"
                                        + "<Message>The role with name absent cannot be found.</Message></Error>"),
                text(answer));
        HttpResponse<byte[]> number =
                send(form("Action=CreateRole&Version=2010-05-08&MaxSessionDuration=abc"));
        assertEquals(400, number.statusCode());
        assertTrue(text(number).contains("<Code>MalformedInput</Code>"), text(number));
        assertEquals(400, send(form("Action=%zz")).statusCode());
    }

    @Test
    void queryListsKeepTheOrderOfTheirNumbers() {
        StringBuilder body =
                new StringBuilder("Action=PutMetricData&Version=2010-08-01&Namespace=Order");
        for (int i = 12; i >= 1; i--) {
            body.append("&MetricData.member.").append(i).append(".MetricName=m").append(i);
        }
        assertEquals(200, send(form(body.toString())).statusCode());
        var put =
                wired.metrics.puts.stream().filter(p -> p.namespace().equals("Order")).findFirst();
        assertEquals(Optional.of("m12"), put.map(p -> p.metricData().getLast().metricName()));
    }

    @Test
    void throttlingIsWordless() {
        HttpResponse<byte[]> answer =
                send(
                        request("/endpoints/busy/invocations")
                                .POST(HttpRequest.BodyPublishers.ofString("1")));
        assertEquals(400, answer.statusCode());
        assertEquals("ThrottlingException", header(answer, "x-amzn-ErrorType"));
        assertEquals("{\"message\":null}", text(answer));
    }

    @Test
    void invocationsPassTheBodyAsItIs() {
        byte[] body = {0, 1, (byte) 0xFF, 13, 10};
        HttpResponse<byte[]> answer =
                send(
                        request("/endpoints/churn/invocations")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        assertEquals(200, answer.statusCode());
        byte[] prefix = "churn|none|".getBytes(StandardCharsets.UTF_8);
        byte[] tail =
                java.util.Arrays.copyOfRange(answer.body(), prefix.length, answer.body().length);
        assertArrayEquals(body, tail);
        assertEquals("AllTraffic", header(answer, "x-Amzn-Invoked-Production-Variant"));
        assertFalse(header(answer, "x-amzn-RequestId").isEmpty());
    }

    @Test
    void theRestIsS3() {
        assertEquals("S3 GET /", text(send(request("/").GET())));
        assertEquals(
                "S3 PUT /endpoints/x/invocations",
                text(
                        send(
                                request("/endpoints/x/invocations")
                                        .PUT(HttpRequest.BodyPublishers.noBody()))));
    }

    @Test
    void webPagesOfOthersAreRefused() throws IOException {
        HttpResponse<byte[]> origin =
                send(request("/health").header("Origin", "https://evil.example").GET());
        assertEquals(403, origin.statusCode());
        assertTrue(text(origin).contains("https://evil.example"), text(origin));
        assertEquals(
                200,
                send(request("/health").header("Origin", "http://localhost:3000").GET())
                        .statusCode());
        // An image in a page of another site: no Origin, and the query protocol works by GET.
        HttpResponse<byte[]> image =
                send(
                        request("/?Action=GetCallerIdentity&Version=2011-06-15")
                                .header("Sec-Fetch-Site", "cross-site")
                                .GET());
        assertEquals(403, image.statusCode());
        assertTrue(text(image).contains("cross-site"), text(image));
        for (String own : new String[] {"none", "same-origin", "same-site"}) {
            assertEquals(
                    200, send(request("/health").header("Sec-Fetch-Site", own).GET()).statusCode());
        }
        try (var socket = new java.net.Socket("localhost", wired.server.port())) {
            socket.getOutputStream()
                    .write(
                            "GET /health HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
        }
        for (String host :
                new String[] {"localhost:4600", "b.localhost", "127.0.0.1:1", "[::1]:80"}) {
            assertTrue(Loopback.isLoopback(host), host);
        }
        for (String host :
                new String[] {
                    "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""
                }) {
            assertFalse(Loopback.isLoopback(host), host);
        }
    }
}
