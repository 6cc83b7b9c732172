package io.dormouse.autoscaling;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import io.dormouse.timing.Schedule;
import io.dormouse.timing.Timetable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import software.amazon.awssdk.services.applicationautoscaling.model.ScheduledAction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A scheduled action as it is kept.
///
/// @param shape as DescribeScheduledActions shows it
/// @param done every time up to this one has been acted on
record Action(ScheduledAction shape, Instant done) {
    static final Codec<Action> CODEC = new Codec<>(Action::write, Action::read);

    VariantId id() {
        return VariantId.kept(shape.resourceId());
    }

    Action done(Instant until) {
        return new Action(shape, until);
    }

    Schedule schedule() {
        ZoneId zone = ZoneId.of(Optional.ofNullable(shape.timezone()).orElse("UTC"));
        Optional<Instant> start = Optional.ofNullable(shape.startTime());
        return Schedule.parse(shape.schedule(), zone, shape.creationTime(), start);
    }

    private Timetable times() {
        return new Timetable(
                schedule(),
                Optional.ofNullable(shape.startTime()),
                Optional.ofNullable(shape.endTime()));
    }

    /// The first time after `after` at which it acts.
    Optional<Instant> next(Instant after) {
        return times().next(after);
    }

    /// The last time up to `now` that has not been acted on.
    Optional<Instant> due(Instant now) {
        return times().due(done, now);
    }

    private String write() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.set("action", Shapes.write(shape, Shapes.Form.JSON));
        return tree.put("done", done.toEpochMilli()).toString();
    }

    private static Action read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        return new Action(
                Shapes.fill(ScheduledAction.builder(), tree.get("action")).build(),
                Instant.ofEpochMilli(tree.get("done").asLong()));
    }
}
