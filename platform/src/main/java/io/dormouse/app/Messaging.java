package io.dormouse.app;

import io.dormouse.aws.Caller;
import io.dormouse.delivery.FunctionCalls;
import io.dormouse.delivery.Outbox;
import io.dormouse.events.EventsRoom;
import io.dormouse.events.Told;
import io.dormouse.queue.QueueRoom;
import io.dormouse.store.Schema;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.Alarms;
import io.dormouse.topic.TopicRoom;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.Operations;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import tools.jackson.databind.JsonNode;

/// Queues, topics and the event bus: what tells others of what has happened.
final class Messaging implements AutoCloseable {
    static final List<Schema> SCHEMAS = List.of(QueueRoom.SCHEMA, Outbox.SCHEMA);

    private final Supplier<Operations> operations;
    private final Caller owner;
    private final QueueRoom queues;
    private final TopicRoom topics;
    private final EventsRoom events;

    /// @param here where the platform answers
    /// @param operations the whole table, once it is there: what targets are reached through
    /// @param functions once they are there
    Messaging(
            Store store,
            Tags tags,
            MovableClock clock,
            Alarms alarms,
            Supplier<URI> here,
            Supplier<Operations> operations,
            FunctionCalls functions,
            Caller owner) {
        this.operations = operations;
        this.owner = owner;
        queues = new QueueRoom(store, tags, clock, here);
        clock.onMove(queues::recheck);
        topics =
                new TopicRoom(store, tags, client(SqsClient.class), functions, here, clock, alarms);
        Told told =
                new Told(
                        client(SqsClient.class),
                        client(SnsClient.class),
                        client(CloudWatchLogsClient.class),
                        new Calls(),
                        functions);
        events = new EventsRoom(store, tags, told, clock, alarms, owner);
    }

    /// A client of this platform, in its owner's name.
    private <C extends SdkClient> Supplier<C> client(Class<C> type) {
        return () -> operations.get().client(type, () -> owner);
    }

    /// Any operation of this platform, in its owner's name.
    private final class Calls implements Told.Calls {
        @Override
        public boolean serves(String service, String operation) {
            return operations.get().serves(service, operation);
        }

        @Override
        public void call(String service, String operation, JsonNode input) {
            operations.get().call(service, operation, input, owner);
        }
    }

    /// Where others publish.
    Supplier<SnsClient> topics() {
        return client(SnsClient.class);
    }

    Operations.Builder join(Operations.Builder table) {
        return table.join(AwsService.SQS, (Object[]) queues.operations())
                .join(AwsService.SNS, (Object[]) topics.operations())
                .join(AwsService.EVENTS, (Object[]) events.operations())
                .join(AwsService.SCHEDULER, events.schedules());
    }

    /// Takes up what an earlier life left undelivered.
    void start() {
        topics.start();
        events.start();
    }

    @Override
    public void close() {
        events.close();
        topics.close();
    }
}
