package io.dormouse.worker.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What Docker's own configuration has to log in to registries with: `docker login`'s entries and
/// credential helpers, of `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`. Read anew each
/// time, as a login may come at any time.
final class RegistryKeys {
    /// As Docker Hub is called in that file.
    private static final String HUB = "https://index.docker.io/v1/";

    /// What a helper calls a password that is an identity token.
    private static final String TOKEN = "<token>";

    private static final Duration HELPER_MAX = Duration.ofSeconds(30);
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private final Map<String, String> environment;
    private final Duration patience;

    RegistryKeys(Map<String, String> environment) {
        this(environment, HELPER_MAX);
    }

    /// @param patience with a helper
    RegistryKeys(Map<String, String> environment, Duration patience) {
        this.environment = environment;
        this.patience = patience;
    }

    /// The registry that a name says; Docker Hub's where it says none.
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host && !first.equals("docker.io") ? first : HUB;
    }

    /// The `X-Registry-Auth` for a pull; empty where nothing is known.
    ///
    /// @throws IOException where the configuration cannot be read, or a helper fails
    Optional<String> header(String image) throws IOException {
        Path file = folder().resolve("config.json");
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        JsonNode configuration;
        try {
            configuration = JsonMapper.shared().readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new IOException(file + " is no JSON: " + e.getOriginalMessage(), e);
        }
        String registry = registry(image);
        String helper =
                configuration
                        .path("credHelpers")
                        .path(registry)
                        .asString(configuration.path("credsStore").asString(""));
        Optional<ObjectNode> key = helper.isEmpty() ? Optional.empty() : helped(helper, registry);
        return key.or(() -> written(configuration.path("auths"), registry))
                .map(found -> found.put("serveraddress", registry))
                .map(found ->
                        Base64.getUrlEncoder().encodeToString(found.toString().getBytes(UTF_8)));
    }

    private Path folder() {
        String folder = environment.getOrDefault("DOCKER_CONFIG", "");
        return folder.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "/"), ".docker")
                : Path.of(folder);
    }

    private static Optional<ObjectNode> written(JsonNode auths, String registry) {
        JsonNode entry = auths.path(registry);
        if (entry.isMissingNode()) {
            entry = auths.path("https://" + registry);
        }
        ObjectNode key = JsonNodeFactory.instance.objectNode();
        String token = entry.path("identitytoken").asString("");
        if (!token.isEmpty()) {
            return Optional.of(key.put("identitytoken", token));
        }
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(entry.path("auth").asString(""));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String auth = new String(decoded, UTF_8);
        int colon = auth.indexOf(':');
        return colon < 1
                ? Optional.empty()
                : Optional.of(
                        key.put("username", auth.substring(0, colon))
                                .put("password", auth.substring(colon + 1)));
    }

    /// Asks a [credential helper](https://github.com/docker/docker-credential-helpers#development).
    ///
    /// @return empty where it knows none
    private Optional<ObjectNode> helped(String helper, String registry) throws IOException {
        if (!helper.matches("[A-Za-z0-9._-]+")) {
            throw new IOException("'" + helper + "' is no name of a credential helper");
        }
        ProcessBuilder asked =
                new ProcessBuilder(program("docker-credential-" + helper), "get")
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        asked.environment().putAll(environment);
        Process process = asked.start();
        CompletableFuture<Boolean> late = ended(process);
        try (OutputStream in = process.getOutputStream()) {
            in.write(registry.getBytes(UTF_8));
        }
        byte[] said = process.getInputStream().readNBytes(ANSWER_BYTES_MAX);
        if (late.join()) {
            throw new IOException("docker-credential-" + helper + " does not end");
        }
        return process.exitValue() == 0 ? key(helper, said) : Optional.empty();
    }

    /// Also while its answer is read, which would else take as long as it likes.
    ///
    /// @return whether its time was up, once it has ended
    private CompletableFuture<Boolean> ended(Process process) {
        return process.onExit()
                .thenApply(_ -> false)
                .completeOnTimeout(true, patience.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(late -> {
                    if (late) {
                        process.destroyForcibly();
                    }
                    return late;
                });
    }

    /// By the path that the platform was given.
    private String program(String name) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse(name);
    }

    private static Optional<ObjectNode> key(String helper, byte[] said) throws IOException {
        try {
            JsonNode answer = JsonMapper.shared().readTree(said);
            String user = answer.path("Username").asString("");
            String secret = answer.path("Secret").asString("");
            ObjectNode key = JsonNodeFactory.instance.objectNode();
            return Optional.of(
                    user.equals(TOKEN)
                            ? key.put("identitytoken", secret)
                            : key.put("username", user).put("password", secret));
        } catch (JacksonException e) {
            throw new IOException("docker-credential-" + helper + " says no JSON", e);
        }
    }
}
