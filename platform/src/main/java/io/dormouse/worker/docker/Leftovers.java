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

    /// Ends those that there are. Where one does not go, the next sweep looks again.
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
        int removed = 0;
        for (JsonNode each : left) {
            removed += Container.remove(engine, each.path("Id").asString("")) ? 1 : 0;
        }
        if (removed == left.size()) {
            Files.deleteIfExists(settings.mark());
        }
        return removed;
    }
}
