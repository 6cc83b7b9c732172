package io.dormouse.queue;

import io.dormouse.store.Schema;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/// The room: what serves SQS's operations.
public final class QueueRoom {
    /// The tables of messages.
    public static final Schema SCHEMA = MessageTable.SCHEMA;

    private final Arrivals arrivals = new Arrivals();
    private final SqsClient[] operations;

    /// @param clock which visibility, delay and retention go by
    /// @param here where the platform answers, asked when a URL is told
    public QueueRoom(Store store, Tags tags, InstantSource clock, Supplier<URI> here) {
        QueueRecords records = new QueueRecords(store, tags, here);
        Messages messages = new Messages(records, arrivals, clock);
        operations =
                new SqsClient[] {
                    new Queues(records, arrivals, clock),
                    messages,
                    new MessageBatches(records, messages),
                    new QueueTags(records)
                };
    }

    public SqsClient[] operations() {
        return operations.clone();
    }

    /// To be called when the clock was moved: messages may have become visible.
    public void recheck() {
        arrivals.signal();
    }
}
