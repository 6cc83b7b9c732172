package io.dormouse.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.pattern.EventPattern;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.eventbridge.model.TestEventPatternRequest;
import software.amazon.awssdk.services.eventbridge.model.TestEventPatternResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Events of one's own.
///
/// AWS page:
/// [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
public final class PutEvents implements EventBridgeClient {
    private static final int BYTES_MAX = 262_144;
    private static final List<String> FIELDS =
            List.of("id", "detail-type", "source", "account", "time", "region", "resources");

    private final EventRecords records;
    private final Dispatch dispatch;

    PutEvents(EventRecords records, Dispatch dispatch) {
        this.records = records;
        this.dispatch = dispatch;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public PutEventsResponse putEvents(PutEventsRequest request) {
        int bytes = request.entries().stream().mapToInt(PutEvents::bytes).sum();
        if (bytes > BYTES_MAX) {
            throw EventErrors.invalid(
                    "Total size of the entries in the request is over the limit of "
                            + BYTES_MAX
                            + " bytes.");
        }
        List<PutEventsResultEntry> results = request.entries().stream().map(this::put).toList();
        int failed = (int) results.stream().filter(each -> each.errorCode() != null).count();
        return PutEventsResponse.builder().entries(results).failedEntryCount(failed).build();
    }

    /// As AWS counts: the time is 14 bytes.
    private static int bytes(PutEventsRequestEntry entry) {
        int bytes = entry.time() == null ? 0 : 14;
        for (String text :
                List.of(or(entry.source()), or(entry.detailType()), or(entry.detail()))) {
            bytes += text.getBytes(UTF_8).length;
        }
        return bytes + entry.resources().stream().mapToInt(each -> each.length()).sum();
    }

    private static String or(String text) {
        return Optional.ofNullable(text).orElse("");
    }

    private PutEventsResultEntry put(PutEventsRequestEntry entry) {
        Optional<PutEventsResultEntry> missing =
                missing("Source", entry.source())
                        .or(() -> missing("DetailType", entry.detailType()))
                        .or(() -> missing("Detail", entry.detail()));
        if (missing.isPresent()) {
            return missing.get();
        }
        if (entry.source().startsWith("aws.")) {
            return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
        }
        Optional<JsonNode> detail = object(entry.detail());
        if (detail.isEmpty()) {
            return failed("MalformedDetail", "Detail is malformed.");
        }
        String bus = RuleKey.bus(entry.eventBusName());
        if (!records.store.read(query -> records.hasBus(query, bus))) {
            return failed("ResourceNotFoundException", "Event bus " + bus + " does not exist.");
        }
        ObjectNode event =
                Event.of(
                        dispatch.owner(),
                        entry.source(),
                        entry.detailType(),
                        Optional.ofNullable(entry.time()).orElseGet(dispatch::now),
                        entry.resources(),
                        detail.get());
        dispatch.put(bus, event, 0);
        return PutEventsResultEntry.builder().eventId(event.get("id").asString()).build();
    }

    private static Optional<PutEventsResultEntry> missing(String name, String value) {
        return or(value).isEmpty()
                ? Optional.of(
                        failed(
                                "InvalidArgument",
                                "Parameter "
                                        + name
                                        + " is not valid. Reason: "
                                        + name
                                        + " is a required argument."))
                : Optional.empty();
    }

    private static PutEventsResultEntry failed(String code, String message) {
        return PutEventsResultEntry.builder().errorCode(code).errorMessage(message).build();
    }

    private static Optional<JsonNode> object(String text) {
        try {
            return Optional.of(JsonMapper.shared().readTree(text)).filter(JsonNode::isObject);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    @Override
    public TestEventPatternResponse testEventPattern(TestEventPatternRequest request) {
        Rules.checkPattern(request.eventPattern());
        JsonNode event =
                object(request.event())
                        .orElseThrow(() ->
                                EventErrors.invalid(
                                        "Parameter Event is not valid. Reason: it is no JSON"
                                                + " object."));
        FIELDS.stream()
                .filter(each -> !event.has(each))
                .findFirst()
                .ifPresent(each -> {
                    throw EventErrors.invalid(
                            "Parameter Event is not valid. Reason: it has no " + each + ".");
                });
        return TestEventPatternResponse.builder()
                .result(new EventPattern(request.eventPattern()).matches(request.event()))
                .build();
    }
}
