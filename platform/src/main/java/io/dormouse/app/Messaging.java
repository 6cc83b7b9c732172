package io.dormouse.app;

import io.dormouse.queue.QueueRoom;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.net.URI;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sqs.SqsClient;

/// Queues, topics and the event bus: what tells others of what has happened.
final class Messaging {
    private final QueueRoom queues;

    /// @param here where the platform answers
    Messaging(Store store, Tags tags, MovableClock clock, Supplier<URI> here) {
        queues = new QueueRoom(store, tags, clock, here);
        clock.onMove(queues::recheck);
    }

    SqsClient[] queues() {
        return queues.operations();
    }
}
