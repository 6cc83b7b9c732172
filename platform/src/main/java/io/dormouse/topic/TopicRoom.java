package io.dormouse.topic;

import io.dormouse.delivery.FunctionCalls;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.timing.Alarms;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/// The room: what serves SNS's operations, and what delivers.
public final class TopicRoom implements AutoCloseable {
    private final Deliveries deliveries;
    private final SnsClient[] operations;

    /// @param sqs through which queues get what is published
    /// @param functions which get what is published, too
    /// @param here where the platform answers, for the links in a notification
    /// @param alarms by `clock`
    public TopicRoom(
            Store store,
            Tags tags,
            Supplier<SqsClient> sqs,
            FunctionCalls functions,
            Supplier<URI> here,
            InstantSource clock,
            Alarms alarms) {
        TopicRecords records = new TopicRecords(store, tags);
        deliveries = new Deliveries(records, sqs, functions, here, clock, alarms);
        operations =
                new SnsClient[] {
                    new Topics(records, clock),
                    new Subscriptions(records, deliveries, clock),
                    new Publications(records, deliveries, clock)
                };
    }

    public SnsClient[] operations() {
        return operations.clone();
    }

    /// Takes up what an earlier life did not deliver.
    public void start() {
        deliveries.look();
    }

    @Override
    public void close() {
        deliveries.close();
    }
}
