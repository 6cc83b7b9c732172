package io.dormouse.events;

import io.dormouse.aws.Caller;
import io.dormouse.store.Store;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Events in EventBridge's envelope.
///
/// AWS page: [event
/// structure](https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html).
final class Event {
    private Event() {}

    /// A new one.
    ///
    /// @param detail a JSON object
    static ObjectNode of(
            Caller owner,
            String source,
            String detailType,
            Instant at,
            List<String> resources,
            JsonNode detail) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("version", "0")
                .put("id", UUID.randomUUID().toString())
                .put("detail-type", detailType)
                .put("source", source)
                .put("account", owner.account())
                .put("time", at.truncatedTo(ChronoUnit.SECONDS).toString())
                .put("region", owner.region());
        resources.forEach(event.putArray("resources")::add);
        event.set("detail", detail);
        return event;
    }

    /// What a room has told.
    ///
    /// @param owner whose the platform is: where the resource's ARN does not say account or region
    static ObjectNode of(Store.Change change, Caller owner) {
        String[] arn = change.resource().split(":", 6);
        ObjectNode event =
                of(
                        owner,
                        change.source(),
                        change.detailType(),
                        change.at(),
                        change.resource().isEmpty() ? List.of() : List.of(change.resource()),
                        JsonMapper.shared().readTree(change.detail()));
        if (arn.length == 6) {
            event.put("region", arn[3].isEmpty() ? owner.region() : arn[3]);
            event.put("account", arn[4].isEmpty() ? owner.account() : arn[4]);
        }
        return event;
    }
}
