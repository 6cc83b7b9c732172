package io.dormouse.queue;

import io.dormouse.aws.Caller;
import io.dormouse.queue.MessageTable.Counts;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.CreateQueueResponse;
import software.amazon.awssdk.services.sqs.model.DeleteQueueRequest;
import software.amazon.awssdk.services.sqs.model.DeleteQueueResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.ListDeadLetterSourceQueuesRequest;
import software.amazon.awssdk.services.sqs.model.ListDeadLetterSourceQueuesResponse;
import software.amazon.awssdk.services.sqs.model.ListQueuesRequest;
import software.amazon.awssdk.services.sqs.model.ListQueuesResponse;
import software.amazon.awssdk.services.sqs.model.PurgeQueueRequest;
import software.amazon.awssdk.services.sqs.model.PurgeQueueResponse;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.SetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.SetQueueAttributesResponse;

/// The queues.
///
/// AWS page:
/// [CreateQueue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html).
public final class Queues implements SqsClient {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,80}");
    private static final Pattern FIFO_NAME = Pattern.compile("[A-Za-z0-9_-]{1,75}\\.fifo");
    private static final int LIST_MAX = 1000;

    private final QueueRecords records;
    private final Arrivals arrivals;
    private final InstantSource clock;

    Queues(QueueRecords records, Arrivals arrivals, InstantSource clock) {
        this.records = records;
        this.arrivals = arrivals;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public CreateQueueResponse createQueue(CreateQueueRequest request) {
        String name = request.queueName();
        Map<String, String> attributes = request.attributesAsStrings();
        boolean isFifo = "true".equals(attributes.get("FifoQueue"));
        if (!(isFifo ? FIFO_NAME : NAME).matcher(name).matches()) {
            throw QueueErrors.badParameter(
                    "QueueName",
                    name,
                    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in"
                            + " length; a FIFO queue's name ends with .fifo and has the attribute"
                            + " FifoQueue=true");
        }
        Queue queue =
                new Queue(name, Caller.current().resource("sqs", name), Map.of()).with(attributes);
        Queue made =
                records.store.write(tx -> {
                    QueueAttributes.check(name, attributes, arn -> exists(tx, arn));
                    Instant now = clock.instant();
                    Optional<Queue> old = records.queues.get(tx, name).map(Entry::body);
                    if (old.isPresent()) {
                        return same(old.get(), queue);
                    }
                    records.queues.insert(tx, Entry.of(name, now, queue));
                    records.tags.put(tx, queue.arn(), request.tags());
                    return queue;
                });
        return CreateQueueResponse.builder().queueUrl(records.url(made)).build();
    }

    /// Asking again for what there is, is no error; for something else, it is.
    private static Queue same(Queue old, Queue asked) {
        asked.attributes()
                .forEach((name, value) -> {
                    String now =
                            old.attributes()
                                    .getOrDefault(
                                            name, QueueAttributes.DEFAULTS.getOrDefault(name, ""));
                    if (!value.equals(now)) {
                        throw QueueNameExistsException.builder()
                                .message(
                                        "A queue already exists with the same name and a different"
                                                + " value for attribute "
                                                + name)
                                .build();
                    }
                });
        return old;
    }

    private boolean exists(Query query, String arn) {
        return records.queues
                .get(query, QueueRecords.nameOfArn(arn))
                .filter(entry -> entry.body().arn().equals(arn))
                .isPresent();
    }

    @Override
    public GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
        return GetQueueUrlResponse.builder()
                .queueUrl(records.url(records.byUrl(request.queueName())))
                .build();
    }

    @Override
    public ListQueuesResponse listQueues(ListQueuesRequest request) {
        int size = Optional.ofNullable(request.maxResults()).orElse(LIST_MAX);
        Page<Queue> page =
                records.queues
                        .page(
                                Listing.all()
                                        .nameStarts(Optional.ofNullable(request.queueNamePrefix()))
                                        .order(Listing.By.NAME, true)
                                        .page(size, Optional.ofNullable(request.nextToken())))
                        .map(Entry::body);
        ListQueuesResponse.Builder answer =
                ListQueuesResponse.builder().nextToken(page.nextToken().orElse(null));
        if (!page.items().isEmpty()) {
            answer.queueUrls(page.items().stream().map(records::url).toList());
        }
        return answer.build();
    }

    @Override
    public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
        Map<String, String> all =
                records.store.read(query -> {
                    Entry<Queue> entry = records.byUrl(query, request.queueUrl());
                    return attributes(
                            entry, MessageTable.counts(query, entry.body(), clock.instant()));
                });
        List<String> names = request.attributeNamesAsStrings();
        if (!names.contains("All")) {
            all.keySet().retainAll(names);
        }
        return GetQueueAttributesResponse.builder().attributesWithStrings(all).build();
    }

    private static Map<String, String> attributes(Entry<Queue> entry, Counts counts) {
        Map<String, String> all = new LinkedHashMap<>(QueueAttributes.DEFAULTS);
        all.putAll(entry.body().attributes());
        all.put("QueueArn", entry.body().arn());
        all.put("CreatedTimestamp", Long.toString(entry.created().getEpochSecond()));
        all.put("LastModifiedTimestamp", Long.toString(entry.modified().getEpochSecond()));
        all.put("ApproximateNumberOfMessages", Long.toString(counts.visible()));
        all.put("ApproximateNumberOfMessagesNotVisible", Long.toString(counts.inFlight()));
        all.put("ApproximateNumberOfMessagesDelayed", Long.toString(counts.delayed()));
        all.put("SqsManagedSseEnabled", "false");
        return all;
    }

    @Override
    public SetQueueAttributesResponse setQueueAttributes(SetQueueAttributesRequest request) {
        records.store.write(tx -> {
            Entry<Queue> entry = records.byUrl(tx, request.queueUrl());
            Map<String, String> given = request.attributesAsStrings();
            QueueAttributes.check(entry.name(), given, arn -> exists(tx, arn));
            return records.queues.update(
                    tx, entry.now("", clock.instant(), entry.body().with(given)));
        });
        arrivals.signal();
        return SetQueueAttributesResponse.builder().build();
    }

    @Override
    public DeleteQueueResponse deleteQueue(DeleteQueueRequest request) {
        records.store.write(tx -> {
            Queue queue = records.byUrl(tx, request.queueUrl()).body();
            MessageTable.clear(tx, queue);
            records.tags.removeAll(tx, queue.arn());
            return records.queues.delete(tx, queue.name());
        });
        arrivals.signal();
        return DeleteQueueResponse.builder().build();
    }

    @Override
    public PurgeQueueResponse purgeQueue(PurgeQueueRequest request) {
        records.store.write(tx -> {
            MessageTable.clear(tx, records.byUrl(tx, request.queueUrl()).body());
            return true;
        });
        return PurgeQueueResponse.builder().build();
    }

    @Override
    public ListDeadLetterSourceQueuesResponse listDeadLetterSourceQueues(
            ListDeadLetterSourceQueuesRequest request) {
        Queue dead = records.byUrl(request.queueUrl());
        return ListDeadLetterSourceQueuesResponse.builder()
                .queueUrls(
                        records.queues.all().stream()
                                .map(Entry::body)
                                .filter(each ->
                                        each.redrive()
                                                .filter(to -> to.target().equals(dead.arn()))
                                                .isPresent())
                                .map(records::url)
                                .toList())
                .build();
    }
}
