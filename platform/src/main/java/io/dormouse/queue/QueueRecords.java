package io.dormouse.queue;

import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.net.URI;
import java.util.function.Supplier;

/// The queues that there are, by name, URL and ARN.
final class QueueRecords {
    final Store store;
    final Tags tags;
    final Records<Queue> queues;
    private final Supplier<URI> here;

    /// @param here where the platform answers: queues' URLs begin with it
    QueueRecords(Store store, Tags tags, Supplier<URI> here) {
        this.store = store;
        this.tags = tags;
        this.queues = new Records<>(store, "queue", Queue.CODEC);
        this.here = here;
    }

    /// `http://127.0.0.1:4600/123456789012/name`.
    String url(Queue queue) {
        return here.get()
                .resolve("/" + queue.arn().split(":", -1)[4] + "/" + queue.name())
                .toString();
    }

    /// The queue of a URL, whatever host it names: a platform may be known by several.
    ///
    /// @throws software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException where there is
    ///   none of that name
    Queue byUrl(String url) {
        return store.read(query -> byUrl(query, url)).body();
    }

    Entry<Queue> byUrl(Query query, String url) {
        return queues.get(query, nameOf(url)).orElseThrow(QueueErrors::missing);
    }

    static String nameOf(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    static String nameOfArn(String arn) {
        return arn.substring(arn.lastIndexOf(':') + 1);
    }
}
