package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.EndpointStatus;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;

/// What is wrong gets AWS's code and a sentence that helps, and the platform goes on.
class BadInputTest {
    private static final String IMAGE = "example/dormouse-onnx:1";

    @TempDir static Path data;

    @SuppressWarnings("NullAway.Init") // set before the first test
    private static PlatformProcess platform;

    @SuppressWarnings("NullAway.Init")
    private static S3Client s3;

    @SuppressWarnings("NullAway.Init")
    private static SageMakerClient sageMaker;

    @SuppressWarnings("NullAway.Init")
    private static SageMakerRuntimeClient runtime;

    @BeforeAll
    static void start() throws IOException {
        platform = PlatformProcess.start(data);
        s3 = platform.client(S3Client.builder().forcePathStyle(true));
        sageMaker = platform.client(SageMakerClient.builder());
        runtime = platform.client(SageMakerRuntimeClient.builder());
        s3.createBucket(r -> r.bucket("bad"));
    }

    @AfterAll
    static void stop() {
        assertEquals(1, s3.listBuckets().buckets().size(), "the platform goes on");
        platform.close();
    }

    private static HttpResponse<String> post(String target, String body)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(platform.endpoint())
                            .header("X-Amz-Target", target)
                            .header("Content-Type", "application/x-amz-json-1.1")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aMalformedOrMistypedDocumentIsRefused() throws Exception {
        for (String body :
                new String[] {"{\"ModelName\":", "[1]", "{\"ModelName\":{\"a\":1}}", "nonsense"}) {
            HttpResponse<String> answer = post("SageMaker.DescribeModel", body);
            assertEquals(400, answer.statusCode(), body);
            assertTrue(answer.body().contains("SerializationException"), answer.body());
            assertTrue(answer.headers().firstValue("x-amzn-RequestId").isPresent());
        }
    }

    @Test
    void missingAndOutOfRangeFieldsAreNamedInAwssWords() throws Exception {
        String missing = post("SageMaker.CreateModel", "{}").body();
        assertTrue(
                missing.contains(
                        "1 validation error detected: Value null at 'modelName' failed to satisfy"
                                + " constraint: Member must not be null"),
                missing);
        AwsServiceException name =
                assertThrows(
                        AwsServiceException.class,
                        () -> sageMaker.describeModel(r -> r.modelName("no good name!")));
        assertTrue(
                name.awsErrorDetails().errorMessage().contains("failed to satisfy constraint"),
                name.getMessage());
        AwsServiceException memory =
                assertThrows(
                        AwsServiceException.class,
                        () -> Serving.createConfig(sageMaker, "odd", 1500, 1));
        assertEquals("ValidationException", memory.awsErrorDetails().errorCode());
    }

    @Test
    void whatIsNotServedSaysSo() throws Exception {
        HttpResponse<String> answer = post("SageMaker.CreateNotebookInstance", "{}");
        assertTrue(answer.statusCode() >= 400, answer.body());
        assertTrue(answer.body().contains("CreateNotebookInstance"), answer.body());
        assertTrue(
                post("SageMaker.NoSuchThing", "{}").body().contains("UnknownOperationException"));
    }

    @Test
    void anUnknownEndpointIsNotFound() {
        AwsServiceException absent =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                runtime.invokeEndpoint(r ->
                                        r.endpointName("absent")
                                                .body(SdkBytes.fromUtf8String("1"))));
        assertEquals("ValidationError", absent.awsErrorDetails().errorCode());
        assertTrue(String.valueOf(absent.getMessage()).contains("absent"), absent.getMessage());
    }

    /// An endpoint on an object as its artifact, when its status has settled.
    private static DescribeEndpointResponse endpoint(String name, String key, byte[] artifact) {
        s3.putObject(r -> r.bucket("bad").key(key), RequestBody.fromBytes(artifact));
        Serving.createModel(sageMaker, name, IMAGE, "s3://bad/" + key);
        return Serving.settle(sageMaker, name, 1024, 1);
    }

    private static void assertFails(DescribeEndpointResponse endpoint, String word) {
        assertEquals(EndpointStatus.FAILED, endpoint.endpointStatus());
        assertTrue(endpoint.failureReason().contains(word), endpoint.failureReason());
    }

    @Test
    void anArtifactThatIsNoneFailsTheEndpointWithAReason() throws IOException {
        assertFails(
                endpoint("garbage", "garbage.onnx", "no model".getBytes(StandardCharsets.UTF_8)),
                "model");
        assertFails(
                endpoint(
                        "corrupt", "corrupt.tar.gz", "no archive".getBytes(StandardCharsets.UTF_8)),
                "gzip");
        assertFails(endpoint("escapes", "escapes.tar.gz", archive("../../escaped.onnx", 10)), "..");
        assertFails(endpoint("bomb", "bomb.tar.gz", archive("model.onnx", 1L << 29)), "bomb");
        assertTrue(Files.notExists(data.resolveSibling("escaped.onnx")));
    }

    /// A tar of one entry of zeros: 512 bytes of header, then nothing but what compresses well.
    private static byte[] archive(String name, long size) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            byte[] header = new byte[512];
            put(header, 0, name);
            put(header, 100, "0000644\0");
            put(header, 124, "%011o\0".formatted(size));
            put(header, 136, "00000000000\0");
            put(header, 148, "        ");
            header[156] = '0';
            put(header, 257, "ustar\00000");
            int sum = 0;
            for (byte each : header) {
                sum += each & 0xff;
            }
            put(header, 148, "%06o\0 ".formatted(sum));
            gzip.write(header);
            byte[] zeros = new byte[1 << 16];
            for (long left = (size + 511) / 512 * 512; left > 0; left -= zeros.length) {
                gzip.write(zeros, 0, (int) Math.min(zeros.length, left));
            }
            gzip.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Test
    void aWrongTensorIsTheCallersMistakeAndNamesTheInput(@TempDir Path folder) throws IOException {
        byte[] model = Files.readAllBytes(Transformer.model(folder));
        DescribeEndpointResponse endpoint = endpoint("shapes", "minilm.onnx", model);
        assertEquals(
                EndpointStatus.IN_SERVICE, endpoint.endpointStatus(), endpoint.failureReason());
        ModelErrorException error =
                assertThrows(
                        ModelErrorException.class,
                        () ->
                                runtime.invokeEndpoint(r ->
                                        r.endpointName("shapes")
                                                .contentType("application/json")
                                                .body(
                                                        SdkBytes.fromUtf8String(
                                                                "{\"inputs\":{\"input_ids\":[[\"words\"]]}}"))));
        assertEquals(424, error.statusCode());
        assertEquals(400, error.originalStatusCode());
        assertTrue(error.originalMessage().contains("input"), error.originalMessage());
        ModelErrorException token =
                assertThrows(
                        ModelErrorException.class,
                        () ->
                                runtime.invokeEndpoint(r ->
                                        r.endpointName("shapes")
                                                .contentType("application/jsonlines")
                                                .body(
                                                        SdkBytes.fromUtf8String(
                                                                "{\"input_ids\":[99999],"
                                                                        + "\"attention_mask\":[1],"
                                                                        + "\"token_type_ids\":[0]}\n"))));
        assertEquals(400, token.originalStatusCode());
        assertTrue(token.originalMessage().contains("idx=99999"), token.originalMessage());
        AwsServiceException large =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                runtime.invokeEndpoint(r ->
                                        r.endpointName("shapes")
                                                .contentType("text/csv")
                                                .body(
                                                        SdkBytes.fromByteArray(
                                                                new byte[6_291_457]))));
        assertEquals("ValidationError", large.awsErrorDetails().errorCode());
    }

    /// Its graph makes a table of 300 million numbers: 160 bytes that take 1.2 GB.
    @Test
    void aModelThatDoesNotFitItsMemoryFailsTheEndpointAndSaysWhichSizeWouldDo() throws IOException {
        try (InputStream in = BadInputTest.class.getResourceAsStream("/greedy.onnx")) {
            byte[] model = Objects.requireNonNull(in).readAllBytes();
            assertFails(
                    endpoint("greedy", "greedy.onnx", model),
                    "MemorySizeInMB is 1024: set it to 2048 or more");
        }
    }

    @Test
    void aRequestThatTakesMoreMemoryThanThereIsEndsTheInstanceNotTheEndpoint(@TempDir Path folder)
            throws IOException {
        byte[] model = Files.readAllBytes(Transformer.model(folder));
        assertEquals(
                EndpointStatus.IN_SERVICE,
                endpoint("crowded", "crowded.onnx", model).endpointStatus());
        String sentence = String.join(",", Collections.nCopies(512, "101"));
        String batch = String.join(",", Collections.nCopies(64, "[" + sentence + "]"));
        AwsServiceException error =
                assertThrows(AwsServiceException.class, () -> embed("crowded", batch));
        assertTrue(String.valueOf(error.getMessage()).contains("memory"), error.getMessage());
        assertEquals(200, embed("crowded", "[101,2023,102]").sdkHttpResponse().statusCode());
    }

    private static InvokeEndpointResponse embed(String endpoint, String tokens) {
        String inputs =
                "{\"inputs\":{\"input_ids\":[%1$s],\"attention_mask\":[%1$s],\"token_type_ids\":[%2$s]}}"
                        .formatted(tokens, tokens.replaceAll("[0-9]+", "0"));
        return runtime.invokeEndpoint(r ->
                r.endpointName(endpoint)
                        .contentType("application/json")
                        .body(SdkBytes.fromUtf8String(inputs)));
    }

    @Test
    void aTrainingFileWithABrokenRowFailsTheJobAndNamesTheRow() {
        s3.putObject(
                r -> r.bucket("bad").key("train/rows.csv"),
                RequestBody.fromString("1,0.5,0.25\n0,0.1,0.2\n1,0.5,not-a-number\n"));
        Training.start(sageMaker, "broken", "bad");
        DescribeTrainingJobResponse job =
                sageMaker.describeTrainingJob(r -> r.trainingJobName("broken"));
        while (job.trainingJobStatus() == TrainingJobStatus.IN_PROGRESS) {
            job = sageMaker.describeTrainingJob(r -> r.trainingJobName("broken"));
        }
        assertEquals(TrainingJobStatus.FAILED, job.trainingJobStatus());
        assertTrue(job.failureReason().contains("rows.csv"), job.failureReason());
        assertTrue(job.failureReason().contains("3"), job.failureReason());
    }

    @Test
    void aPageOfAnotherSiteIsRefused() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(platform.endpoint().resolve("/health"))
                                    .header("Origin", "https://evil.example")
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(403, answer.statusCode(), answer.body());
        }
    }
}
