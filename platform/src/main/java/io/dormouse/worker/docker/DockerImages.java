package io.dormouse.worker.docker;

import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.StartFailed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The engine's images, and how those of registries come to be among them.
final class DockerImages implements ContainerImages {
    /// What a [reference](https://pkg.go.dev/github.com/distribution/reference) is made of; nothing
    /// of it means something in a URL.
    private static final Pattern NAME =
            Pattern.compile(
                    "(?!.*(\\.\\.|//))[A-Za-z0-9][A-Za-z0-9._/-]*(:[0-9]+/[A-Za-z0-9._/-]+)?"
                            + "(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@[a-z0-9]+:[0-9a-f]+)?");

    /// Steps of a pull that come many times a second.
    private static final Set<String> FREQUENT = Set.of("Downloading", "Extracting");

    private final Engine engine;
    private final ImageNames names;
    private final RegistryKeys keys;

    DockerImages(Engine engine, ImageNames names, RegistryKeys keys) {
        this.engine = engine;
        this.names = names;
        this.keys = keys;
    }

    @Override
    public boolean claims(String image) {
        return names.mapped(image).isPresent();
    }

    @Override
    public Optional<String> trouble(String image) {
        if (!NAME.matcher(names.local(image)).matches()) {
            return Optional.of("'" + names.local(image) + "' is no name of an image");
        }
        try {
            engine.ping();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "no Docker Engine answers at "
                            + engine.address().shown()
                            + " ("
                            + e.getMessage()
                            + "): start one, or name another with DOCKER_HOST");
        }
    }

    /// The image as the engine knows it.
    ///
    /// @throws StartFailed where nothing can run it
    String local(String image) throws StartFailed {
        Optional<String> trouble = trouble(image);
        if (trouble.isPresent()) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM,
                    "the image %s cannot be run: %s".formatted(image, trouble.get()));
        }
        return names.local(image);
    }

    @Override
    public void fetch(String image, LogSink progress) throws StartFailed {
        String local = local(image);
        try {
            if (!isHere(local)) {
                progress.line("pulling the image " + local);
                pull(local, progress);
            }
        } catch (IOException e) {
            String shown = local.equals(image) ? image : image + " (here " + local + ")";
            throw new StartFailed(
                    StartFailed.Cause.MODEL,
                    ("the image %s is not on this machine and cannot be pulled: %s. Log in to its"
                                    + " registry with docker login, or say with DORMOUSE_IMAGES which"
                                    + " image of this machine it is")
                            .formatted(shown, e.getMessage()),
                    e);
        }
    }

    private boolean isHere(String local) throws IOException {
        try {
            engine.get("/images/" + local + "/json");
            return true;
        } catch (EngineFailed e) {
            if (e.isMissing()) {
                return false;
            }
            throw e;
        }
    }

    private void pull(String local, LogSink progress) throws IOException {
        int at = local.indexOf('@');
        int colon = local.indexOf(':', local.lastIndexOf('/') + 1);
        int end = at >= 0 ? at : colon >= 0 ? colon : local.length();
        // Without a tag the engine would pull every one there is.
        String tag = end < local.length() ? local.substring(end + 1) : "latest";
        String path =
                "/images/create?fromImage="
                        + Engine.encoded(local.substring(0, end))
                        + "&tag="
                        + Engine.encoded(tag);
        Map<String, String> headers =
                keys.header(local).map(key -> Map.of("X-Registry-Auth", key)).orElse(Map.of());
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                engine.stream("POST", path, headers), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    took(JsonMapper.shared().readTree(line), progress);
                }
            }
        }
    }

    private static void took(JsonNode step, LogSink progress) throws IOException {
        String error = step.path("error").asString("");
        if (!error.isEmpty()) {
            throw new IOException(error);
        }
        String status = step.path("status").asString("");
        if (!status.isEmpty() && !FREQUENT.contains(status)) {
            String id = step.path("id").asString("");
            progress.line("pulling: " + (id.isEmpty() ? "" : id + ": ") + status);
        }
    }
}
