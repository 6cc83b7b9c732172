package io.dormouse.autoscaling;

import io.dormouse.aws.Shapes;
import io.dormouse.scaler.TargetTracking.Past;
import io.dormouse.scaler.TargetTracking.ScaledOut;
import io.dormouse.store.Codec;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableTarget;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A scalable target as it is kept.
///
/// @param shape as DescribeScalableTargets shows it
/// @param limitsChanged whether its limits are new: what is provisioned is brought within them once
/// @param past what its policies did last, which cooldowns count from
record Target(ScalableTarget shape, boolean limitsChanged, Past past) {
    static final Codec<Target> CODEC = new Codec<>(Target::write, Target::read);

    VariantId id() {
        return VariantId.kept(shape.resourceId());
    }

    /// Whether it may be scaled by schedule.
    boolean schedules() {
        return !shape.suspendedState().scheduledScalingSuspended();
    }

    Target limited(ScalableTarget limits) {
        return new Target(limits, true, past);
    }

    Target within() {
        return new Target(shape, false, past);
    }

    Target scaled(Past now) {
        return new Target(shape, limitsChanged, now);
    }

    private String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.set("target", Shapes.write(shape, Shapes.Form.JSON));
        tree.put("limitsChanged", limitsChanged);
        past.out().ifPresent(out -> tree.put("outAt", out.at().toEpochMilli()));
        past.out().ifPresent(out -> tree.put("outFrom", out.from()));
        past.in().ifPresent(in -> tree.put("inAt", in.toEpochMilli()));
        return tree.toString();
    }

    private static Target read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        Optional<ScaledOut> out =
                time(tree, "outAt").map(at -> new ScaledOut(at, tree.get("outFrom").asInt()));
        return new Target(
                Shapes.fill(ScalableTarget.builder(), tree.get("target")).build(),
                tree.get("limitsChanged").asBoolean(),
                new Past(out, time(tree, "inAt")));
    }

    private static Optional<Instant> time(JsonNode tree, String name) {
        return Optional.ofNullable(tree.get(name)).map(at -> Instant.ofEpochMilli(at.asLong()));
    }
}
