package io.dormouse.events;

import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.CreateEventBusRequest;
import software.amazon.awssdk.services.eventbridge.model.CreateEventBusResponse;
import software.amazon.awssdk.services.eventbridge.model.DeleteEventBusRequest;
import software.amazon.awssdk.services.eventbridge.model.DeleteEventBusResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeEventBusRequest;
import software.amazon.awssdk.services.eventbridge.model.DescribeEventBusResponse;
import software.amazon.awssdk.services.eventbridge.model.EventBus;
import software.amazon.awssdk.services.eventbridge.model.ListEventBusesRequest;
import software.amazon.awssdk.services.eventbridge.model.ListEventBusesResponse;
import software.amazon.awssdk.services.eventbridge.model.ResourceAlreadyExistsException;

/// The buses. The default one is always there; the platform's own events go to it.
///
/// AWS page:
/// [CreateEventBus](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html).
public final class Buses implements EventBridgeClient {
    private final EventRecords records;
    private final InstantSource clock;

    Buses(EventRecords records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    static String arn(String name) {
        return Caller.current().resource("events", "event-bus/" + name);
    }

    @Override
    public CreateEventBusResponse createEventBus(CreateEventBusRequest request) {
        String name = request.name();
        if (request.kmsKeyIdentifier() != null || request.eventSourceName() != null) {
            throw EventErrors.invalid(
                    "KmsKeyIdentifier and EventSourceName are not served here: leave them out.");
        }
        Instant now = clock.instant();
        DescribeEventBusResponse bus =
                Shapes.like(DescribeEventBusResponse.builder(), request)
                        .arn(arn(name))
                        .creationTime(now)
                        .lastModifiedTime(now)
                        .build();
        records.store.write(tx -> {
            if (records.hasBus(tx, name)) {
                throw ResourceAlreadyExistsException.builder()
                        .message("Event bus " + name + " already exists.")
                        .build();
            }
            records.buses.insert(tx, Entry.of(name, now, bus));
            records.tags.put(tx, bus.arn(), EventTags.map(request.tags()));
            return true;
        });
        return CreateEventBusResponse.builder()
                .eventBusArn(bus.arn())
                .description(request.description())
                .build();
    }

    private static DescribeEventBusResponse defaultBus() {
        return DescribeEventBusResponse.builder()
                .name(RuleKey.DEFAULT_BUS)
                .arn(arn(RuleKey.DEFAULT_BUS))
                .build();
    }

    @Override
    public DescribeEventBusResponse describeEventBus(DescribeEventBusRequest request) {
        String name = RuleKey.bus(request.name());
        return name.equals(RuleKey.DEFAULT_BUS)
                ? defaultBus()
                : records.buses.get(name).orElseThrow(() -> EventErrors.noBus(name)).body();
    }

    @Override
    public ListEventBusesResponse listEventBuses(ListEventBusesRequest request) {
        String prefix = Optional.ofNullable(request.namePrefix()).orElse("");
        Page<DescribeEventBusResponse> page =
                EventRecords.page(
                        records.buses,
                        Optional.empty(),
                        prefix,
                        request.limit(),
                        request.nextToken());
        List<DescribeEventBusResponse> buses = new ArrayList<>();
        if (request.nextToken() == null && RuleKey.DEFAULT_BUS.startsWith(prefix)) {
            buses.add(defaultBus());
        }
        buses.addAll(page.items());
        return ListEventBusesResponse.builder()
                .eventBuses(
                        buses.stream()
                                .map(each -> Shapes.like(EventBus.builder(), each).build())
                                .toList())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public DeleteEventBusResponse deleteEventBus(DeleteEventBusRequest request) {
        String name = RuleKey.bus(request.name());
        if (name.equals(RuleKey.DEFAULT_BUS)) {
            throw EventErrors.invalid("Cannot delete event bus default.");
        }
        records.store.write(tx -> {
            if (records.rules.count(tx, name) > 0) {
                throw EventErrors.invalid(
                        "Event bus " + name + " can't be deleted since it has rules.");
            }
            records.tags.removeAll(tx, arn(name));
            return records.buses.delete(tx, name);
        });
        return DeleteEventBusResponse.builder().build();
    }
}
