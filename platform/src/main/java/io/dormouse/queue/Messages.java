package io.dormouse.queue;

import io.dormouse.queue.MessageTable.Kept;
import io.dormouse.queue.MessageTable.Twin;
import io.dormouse.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageNotInflightException;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/// Sending, receiving, deleting.
///
/// AWS page:
/// [ReceiveMessage](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
public final class Messages implements SqsClient {
    private static final int RECEIVE_MAX = 10;
    private static final int WAIT_MAX = 20;
    private static final int VISIBILITY_MAX = 43_200;

    private final QueueRecords records;
    private final Arrivals arrivals;
    private final InstantSource clock;

    Messages(QueueRecords records, Arrivals arrivals, InstantSource clock) {
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
    public SendMessageResponse sendMessage(SendMessageRequest request) {
        Queue queue = records.byUrl(request.queueUrl());
        Instant now = clock.instant();
        Sending sending = Sending.of(queue, request, now);
        Twin sent =
                records.store.write(tx -> {
                    records.byUrl(tx, request.queueUrl());
                    return sending.keep(tx, now);
                });
        arrivals.signal();
        Message shape = sending.shape();
        return SendMessageResponse.builder()
                .messageId(sent.id())
                .md5OfMessageBody(shape.md5OfBody())
                .md5OfMessageAttributes(shape.md5OfMessageAttributes())
                .sequenceNumber(queue.isFifo() ? Sending.sequence(sent.seq()) : null)
                .build();
    }

    @Override
    public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
        Queue queue = records.byUrl(request.queueUrl());
        int max = within("MaxNumberOfMessages", request.maxNumberOfMessages(), 1, RECEIVE_MAX, 1);
        Duration hidden =
                Duration.ofSeconds(
                        within(
                                "VisibilityTimeout",
                                request.visibilityTimeout(),
                                0,
                                VISIBILITY_MAX,
                                (int) queue.visibility().toSeconds()));
        long wait =
                within(
                        "WaitTimeSeconds",
                        request.waitTimeSeconds(),
                        0,
                        WAIT_MAX,
                        (int) queue.pollWait().toSeconds());
        List<Kept> taken = take(queue, max, hidden, Duration.ofSeconds(wait));
        ReceiveMessageResponse.Builder answer = ReceiveMessageResponse.builder();
        if (!taken.isEmpty()) { // AWS leaves an empty list out, and scripts ask whether it is there
            answer.messages(taken.stream().map(each -> shown(each, queue, request)).toList());
        }
        return answer.build();
    }

    private static int within(String name, Integer given, int min, int max, int otherwise) {
        if (given == null) {
            return otherwise;
        }
        if (given < min || given > max) {
            throw QueueErrors.badParameter(
                    name, given, "Must be between " + min + " and " + max + ", if provided.");
        }
        return given;
    }

    /// Takes what is there, or what comes within the wait.
    private List<Kept> take(Queue queue, int max, Duration hidden, Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            long seen = arrivals.seen();
            Instant now = clock.instant();
            if (records.store.read(query -> MessageTable.isReady(query, queue, now))) {
                List<Kept> taken =
                        records.store.write(tx -> taken(tx, queue, max, clock.instant(), hidden));
                if (!taken.isEmpty()) {
                    return taken;
                }
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive()) {
                return List.of();
            }
            try {
                arrivals.await(seen, shorter(left, untilVisible(queue, now)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
            // Deleted meanwhile: say so.
            records.byUrl(queue.name());
        }
    }

    private Duration untilVisible(Queue queue, Instant now) {
        return records.store
                .read(query -> MessageTable.nextVisible(query, queue, now))
                .map(next -> Duration.between(now, next))
                .orElse(Duration.ofSeconds(WAIT_MAX));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private List<Kept> taken(Tx tx, Queue queue, int max, Instant now, Duration hidden) {
        MessageTable.expire(tx, queue, now);
        List<Kept> taken = new ArrayList<>();
        while (taken.size() < max) {
            List<Kept> ready = MessageTable.ready(tx, queue, now, max - taken.size());
            if (ready.isEmpty()) {
                break;
            }
            for (Kept message : ready) {
                Optional<Queue> dead = deadLetters(tx, queue, message);
                if (dead.isPresent()) {
                    MessageTable.bury(tx, message, queue, dead.get().name(), now);
                    continue;
                }
                MessageTable.received(tx, message, now, now.plus(hidden));
                taken.add(message);
            }
            if (hidden.isZero()) {
                break; // what was taken is ready again at once
            }
        }
        return taken;
    }

    /// The queue that a message goes to instead; empty where it is still to be received here.
    private Optional<Queue> deadLetters(Tx tx, Queue queue, Kept message) {
        return queue.redrive()
                .filter(redrive -> message.receives() >= redrive.receivesMax())
                .flatMap(
                        redrive -> records.queues.get(tx, QueueRecords.nameOfArn(redrive.target())))
                .map(entry -> entry.body());
    }

    /// A message as this request wants to see it.
    private static Message shown(Kept kept, Queue queue, ReceiveMessageRequest request) {
        int receives = kept.receives() + 1;
        Map<String, MessageAttributeValue> wanted = new HashMap<>();
        kept.shape()
                .messageAttributes()
                .forEach((name, value) -> {
                    if (request.messageAttributeNames().stream().anyMatch(w -> names(w, name))) {
                        wanted.put(name, value);
                    }
                });
        Message.Builder shape =
                kept.shape().toBuilder()
                        .receiptHandle(
                                new Receipt(queue.name(), kept.shape().messageId(), receives)
                                        .handle())
                        .attributesWithStrings(system(kept, receives, request))
                        .messageAttributes(wanted.isEmpty() ? null : wanted);
        return shape.md5OfMessageAttributes(wanted.isEmpty() ? null : Digests.ofAttributes(wanted))
                .build();
    }

    private static boolean names(String wanted, String name) {
        return wanted.equals("All")
                || wanted.equals(name)
                || (wanted.endsWith(".*")
                        && name.startsWith(wanted.substring(0, wanted.length() - 2)));
    }

    /// Older clients name what they want to see in `AttributeNames`.
    @SuppressWarnings("deprecation")
    private static Map<String, String> system(
            Kept kept, int receives, ReceiveMessageRequest request) {
        List<String> names =
                Stream.concat(
                                request.messageSystemAttributeNamesAsStrings().stream(),
                                request.attributeNamesAsStrings().stream())
                        .toList();
        Map<String, String> all = new HashMap<>();
        all.put("SenderId", kept.sender());
        all.put("SentTimestamp", Long.toString(kept.sent().toEpochMilli()));
        all.put("ApproximateReceiveCount", Integer.toString(receives));
        Instant first = kept.receives() == 0 ? kept.sent() : kept.received();
        all.put("ApproximateFirstReceiveTimestamp", Long.toString(first.toEpochMilli()));
        if (!kept.group().isEmpty()) {
            all.put("MessageGroupId", kept.group());
            all.put("MessageDeduplicationId", kept.dedup());
            all.put("SequenceNumber", Sending.sequence(kept.seq()));
        }
        if (!kept.deadSource().isEmpty()) {
            all.put("DeadLetterQueueSourceArn", kept.deadSource());
        }
        if (!names.contains(MessageSystemAttributeName.ALL.toString())) {
            all.keySet().retainAll(names);
        }
        return all;
    }

    @Override
    public DeleteMessageResponse deleteMessage(DeleteMessageRequest request) {
        Queue queue = records.byUrl(request.queueUrl());
        Receipt receipt = Receipt.parse(request.receiptHandle(), queue);
        records.store.write(tx -> MessageTable.delete(tx, receipt));
        // The next of its group may be received now.
        arrivals.signal();
        return DeleteMessageResponse.builder().build();
    }

    @Override
    public ChangeMessageVisibilityResponse changeMessageVisibility(
            ChangeMessageVisibilityRequest request) {
        Queue queue = records.byUrl(request.queueUrl());
        int hidden = within("VisibilityTimeout", request.visibilityTimeout(), 0, VISIBILITY_MAX, 0);
        Receipt receipt = Receipt.parse(request.receiptHandle(), queue);
        Instant now = clock.instant();
        if (!records.store.write(
                tx -> MessageTable.hide(tx, receipt, now, now.plusSeconds(hidden)))) {
            throw MessageNotInflightException.builder()
                    .message(
                            "Value "
                                    + request.receiptHandle()
                                    + " for parameter ReceiptHandle is invalid. Reason: Message"
                                    + " does not exist or is not available for visibility timeout"
                                    + " change.")
                    .build();
        }
        arrivals.signal();
        return ChangeMessageVisibilityResponse.builder().build();
    }
}
