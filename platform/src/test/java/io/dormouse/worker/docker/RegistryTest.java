package io.dormouse.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.StartFailed;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A registry that wants to know who pulls, and what Docker's own configuration says.
class RegistryTest {
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString("anna:secret".getBytes(UTF_8));

    @TempDir private Path folder;
    private final Map<String, byte[]> documents = new HashMap<>();
    private final Queue<String> authorized = new ConcurrentLinkedQueue<>();
    private ServerSocket registry;
    private String host;

    @BeforeEach
    void open() throws IOException {
        registry = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        host = "127.0.0.1:" + registry.getLocalPort();
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
    }

    private void serve() {
        while (!registry.isClosed()) {
            try (Socket client = registry.accept()) {
                answer(client);
            } catch (IOException e) {
                // Whoever asked has gone, or the test is over.
            }
        }
    }

    /// An engine tries HTTPS first: what is no HTTP is hung up on at once.
    private void answer(Socket client) throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream());
        var head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (head.charAt(0) < 'A') {
                return;
            }
            if (head.toString().endsWith("\r\n\r\n")) {
                break;
            }
        }
        String[] words = head.toString().split(" ", 3);
        String path = words.length > 1 ? words[1] : "";
        byte[] document = path.equals("/v2/") ? new byte[0] : documents.get(path);
        String headers = "";
        int status = document == null ? 404 : 200;
        if (!head.toString().contains("Authorization: " + BASIC + "\r\n")) {
            status = 401;
            headers = "WWW-Authenticate: Basic realm=\"here\"\r\n";
        } else {
            authorized.add(path);
        }
        byte[] body = status == 200 && document != null ? document : new byte[0];
        if (path.contains("/manifests/")) {
            headers +=
                    "Content-Type: "
                            + MANIFEST
                            + "\r\nDocker-Content-Digest: "
                            + digest(body)
                            + "\r\n";
        }
        OutputStream out = client.getOutputStream();
        out.write(
                ("HTTP/1.1 "
                                + status
                                + " so\r\n"
                                + headers
                                + "Content-Length: "
                                + body.length
                                + "\r\nConnection: close\r\n\r\n")
                        .getBytes(UTF_8));
        out.write(words[0].equals("HEAD") ? new byte[0] : body);
        out.flush();
    }

    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// An image of one empty layer.
    private void publish(String repository) throws IOException {
        byte[] layer = new byte[10_240]; // a tar of nothing
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(layer);
        }
        String machine = System.getProperty("os.arch", "").equals("aarch64") ? "arm64" : "amd64";
        byte[] config =
                """
                {"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["%s"]}}\
                """
                        .formatted(machine, digest(layer))
                        .getBytes(UTF_8);
        byte[] manifest =
                """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":"%s"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":"%s"}]}\
                """
                        .formatted(
                                MANIFEST,
                                config.length,
                                digest(config),
                                packed.size(),
                                digest(packed.toByteArray()))
                        .getBytes(UTF_8);
        String root = "/v2/" + repository;
        documents.put(root + "/manifests/1", manifest);
        documents.put(root + "/manifests/" + digest(manifest), manifest);
        documents.put(root + "/blobs/" + digest(config), config);
        documents.put(root + "/blobs/" + digest(packed.toByteArray()), packed.toByteArray());
    }

    private Map<String, String> configured(String configuration) throws IOException {
        Files.writeString(folder.resolve("config.json"), configuration);
        return Map.of("DOCKER_CONFIG", folder.toString());
    }

    private static Optional<JsonNode> key(Map<String, String> environment, String image)
            throws IOException {
        return new RegistryKeys(environment)
                .header(image)
                .map(header -> JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(header)));
    }

    @Test
    void aPrivateImageIsPulledWithDockersOwnLogin() throws Exception {
        Engine engine = EngineHere.assumed().engine();
        publish("team/model");
        String image = host + "/team/model:1";
        List<String> progress = new ArrayList<>();
        Map<String, String> none = Map.of("DOCKER_CONFIG", folder.toString());
        DockerImages stranger = new DockerImages(engine, ImageNames.of(""), new RegistryKeys(none));
        StartFailed refused =
                assertThrows(StartFailed.class, () -> stranger.fetch(image, progress::add));
        assertEquals(StartFailed.Cause.MODEL, refused.reason());
        assertTrue(refused.getMessage().contains("basic auth credentials"), "" + refused);
        assertTrue(refused.getMessage().contains("docker login"), "" + refused);

        String auth = BASIC.substring("Basic ".length());
        Map<String, String> login =
                configured("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, auth));
        DockerImages known = new DockerImages(engine, ImageNames.of(""), new RegistryKeys(login));
        known.fetch(image, progress::add);
        assertTrue(authorized.contains("/v2/team/model/manifests/1"), "" + authorized);
        assertTrue(progress.contains("pulling the image " + image), "" + progress);
        authorized.clear();
        known.fetch(image, progress::add);
        assertTrue(authorized.isEmpty(), "it is here already");
        engine.delete("/images/" + image);
    }

    @Test
    void aLoginIsFoundByTheImagesRegistry() throws Exception {
        Map<String, String> login =
                configured(
                        """
                        {"auths":{
                          "https://index.docker.io/v1/":{"auth":"YW5uYTpo"},
                          "registry.example":{"auth":"YW5uYTpyOjE="},
                          "token.example:5000":{"identitytoken":"t"}}}\
                        """);
        assertEquals("h", key(login, "anna/model:1").orElseThrow().path("password").asString());
        JsonNode own = key(login, "registry.example/model").orElseThrow();
        assertEquals("anna", own.path("username").asString());
        assertEquals("r:1", own.path("password").asString());
        assertEquals("registry.example", own.path("serveraddress").asString());
        assertEquals(
                "t",
                key(login, "token.example:5000/m").orElseThrow().path("identitytoken").asString());
        assertEquals(Optional.empty(), key(login, "other.example/model"));
        assertEquals(Optional.empty(), key(Map.of("HOME", "/nowhere"), "anna/model"));
    }

    @Test
    void aCredentialHelperIsAsked() throws Exception {
        Path helper = folder.resolve("docker-credential-here");
        Files.writeString(
                helper,
                "#!/bin/sh\nread registry\n"
                        + "echo \"{\\\"Username\\\":\\\"$1\\\",\\\"Secret\\\":\\\"$registry\\\"}\"\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> login =
                new HashMap<>(configured("{\"credHelpers\":{\"registry.example\":\"here\"}}"));
        login.put("PATH", folder + ":/usr/bin:/bin");
        JsonNode key = key(login, "registry.example/model").orElseThrow();
        assertEquals("get", key.path("username").asString());
        assertEquals("registry.example", key.path("password").asString());
        assertEquals(Optional.empty(), key(login, "other.example/model"));
    }

    @Test
    void aCredentialHelperThatDoesNotEndIsEnded() throws Exception {
        Path helper = folder.resolve("docker-credential-slow");
        Files.writeString(helper, "#!/bin/sh\nexec sleep 60\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> login = new HashMap<>(configured("{\"credsStore\":\"slow\"}"));
        login.put("PATH", folder + ":/usr/bin:/bin");
        var keys = new RegistryKeys(login, Duration.ofMillis(200));
        IOException late =
                assertTimeout(
                        Duration.ofSeconds(30),
                        () ->
                                assertThrows(
                                        IOException.class,
                                        () -> keys.header("registry.example/model")));
        assertTrue(
                String.valueOf(late.getMessage()).contains("docker-credential-slow does not end"),
                "" + late);
    }
}
