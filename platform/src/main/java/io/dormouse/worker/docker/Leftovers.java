package io.dormouse.worker.docker;

import java.io.IOException;
import java.nio.file.Files;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The containers of a platform that did not end them itself: found by their label. Whether there
/// may be any, a file in the platform's folder says, so that a start need not ask an engine.
final class Leftovers {
    private final Engine engine;
    private final DockerSettings settings;

    Leftovers(Engine engine, DockerSettings settings) {
        this.engine = engine;
        this.settings = settings;
    }

    /// Before the first container of this life.
    void mark() throws IOException {
        if (!Files.exists(settings.mark())) {
            Files.writeString(settings.mark(), "labelled " + label() + "\n");
        }
    }

    private String label() {
        return ContainerBody.DATA + "=" + settings.data();
    }

    /// Ends those that there are.
    ///
    /// @return how many
    int sweep() throws IOException {
        if (!Files.exists(settings.mark())) {
            return 0;
        }
        var filter = JsonNodeFactory.instance.objectNode();
        filter.putArray("label").add(label());
        JsonNode left =
                engine.get(
                        "/containers/json?all=true&filters=" + Engine.encoded(filter.toString()));
        for (JsonNode each : left) {
            Container.remove(engine, each.path("Id").asString(""));
        }
        Files.deleteIfExists(settings.mark());
        return left.size();
    }
}
