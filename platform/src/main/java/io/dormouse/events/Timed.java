package io.dormouse.events;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import java.time.Instant;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What may have times at which it acts.
///
/// @param shape as AWS shows it
/// @param done every time up to this one has been acted on
record Timed<T extends SdkPojo>(T shape, Instant done) {
    static <T extends SdkPojo, B extends SdkPojo & SdkBuilder<B, T>> Codec<Timed<T>> codec(
            Supplier<B> builder) {
        return new Codec<>(Timed::write, text -> read(builder, text));
    }

    private String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.set("shape", JsonMapper.shared().readTree(Shapes.toJson(shape)));
        return tree.put("done", done.toEpochMilli()).toString();
    }

    private static <T extends SdkPojo, B extends SdkPojo & SdkBuilder<B, T>> Timed<T> read(
            Supplier<B> builder, String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        return new Timed<>(
                Shapes.fill(builder.get(), tree.get("shape")).build(),
                Instant.ofEpochMilli(tree.get("done").asLong()));
    }
}
