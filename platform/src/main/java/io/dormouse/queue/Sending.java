package io.dormouse.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.queue.MessageTable.Twin;
import io.dormouse.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sqs.model.InvalidMessageContentsException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/// A message that is being sent, checked: what becomes of it is one row.
record Sending(Queue queue, SendMessageRequest request, Message shape, Instant visible) {
    /// Twins are told by their deduplication id for so long.
    private static final Duration TWINS = Duration.ofMinutes(5);

    private static final int ATTRIBUTES_MAX = 10;
    private static final int DELAY_MAX = 900;

    /// Refuses what the queue does not take.
    ///
    /// @throws AwsServiceException saying what is expected
    static Sending of(Queue queue, SendMessageRequest request, Instant now) {
        checkBody(request.messageBody());
        Map<String, MessageAttributeValue> attributes = request.messageAttributes();
        int bytes = request.messageBody().getBytes(UTF_8).length;
        for (Map.Entry<String, MessageAttributeValue> each : attributes.entrySet()) {
            bytes += bytes(each.getKey(), each.getValue());
        }
        if (bytes > queue.bytesMax()) {
            throw AwsError.INVALID_PARAMETER_VALUE.of(
                    "One or more parameters are invalid. Reason: Message must be shorter than "
                            + queue.bytesMax()
                            + " bytes.");
        }
        if (attributes.size() > ATTRIBUTES_MAX) {
            throw AwsError.INVALID_PARAMETER_VALUE.of(
                    "Number of message attributes ["
                            + attributes.size()
                            + "] exceeds the allowed maximum ["
                            + ATTRIBUTES_MAX
                            + "].");
        }
        Message.Builder shape =
                Message.builder()
                        .messageId(UUID.randomUUID().toString())
                        .body(request.messageBody())
                        .md5OfBody(Digests.ofBody(request.messageBody()));
        if (!attributes.isEmpty()) {
            shape.messageAttributes(attributes)
                    .md5OfMessageAttributes(Digests.ofAttributes(attributes));
        }
        return new Sending(
                queue, checkGroup(queue, request), shape.build(), now.plus(delay(queue, request)));
    }

    private static void checkBody(String body) {
        if (body.isEmpty()) {
            throw QueueErrors.required("MessageBody");
        }
        boolean isLegal =
                body.codePoints()
                        .allMatch(point ->
                                point == '\t'
                                        || point == '\n'
                                        || point == '\r'
                                        || (point >= 0x20 && point <= 0xD7FF)
                                        || (point >= 0xE000 && point <= 0xFFFD)
                                        || point >= 0x10000);
        if (!isLegal) {
            throw InvalidMessageContentsException.builder()
                    .message(
                            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD"
                                    + " | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.")
                    .build();
        }
    }

    private static int bytes(String name, MessageAttributeValue value) {
        String type = value.dataType();
        boolean isText = type.startsWith("String") || type.startsWith("Number");
        if (isText ? value.stringValue() == null : value.binaryValue() == null) {
            throw AwsError.INVALID_PARAMETER_VALUE.of(
                    "The message attribute '"
                            + name
                            + "' must contain a non-empty value of its type: DataType is String,"
                            + " Number or Binary.");
        }
        return name.length()
                + type.length()
                + (isText
                        ? value.stringValue().getBytes(UTF_8).length
                        : value.binaryValue().asByteArrayUnsafe().length);
    }

    private static Duration delay(Queue queue, SendMessageRequest request) {
        Integer delay = request.delaySeconds();
        if (delay == null || (queue.isFifo() && delay == 0)) {
            return queue.delay();
        }
        if (queue.isFifo() || delay < 0 || delay > DELAY_MAX) {
            throw QueueErrors.badParameter(
                    "DelaySeconds",
                    delay,
                    queue.isFifo()
                            ? "The request include parameter that is not valid for this queue type."
                            : "DelaySeconds must be >= 0 and <= " + DELAY_MAX + ".");
        }
        return Duration.ofSeconds(delay);
    }

    private static SendMessageRequest checkGroup(Queue queue, SendMessageRequest request) {
        if (!queue.isFifo()) {
            if (request.messageDeduplicationId() != null) {
                throw QueueErrors.badParameter(
                        "MessageDeduplicationId",
                        request.messageDeduplicationId(),
                        "The request include parameter that is not valid for this queue type.");
            }
            return request;
        }
        if (request.messageGroupId() == null) {
            throw QueueErrors.required("MessageGroupId");
        }
        if (request.messageDeduplicationId() != null) {
            return request;
        }
        if (!queue.dedupesByContent()) {
            throw AwsError.INVALID_PARAMETER_VALUE.of(
                    "The queue should either have ContentBasedDeduplication enabled or"
                            + " MessageDeduplicationId provided explicitly");
        }
        return request.toBuilder()
                .messageDeduplicationId(Digests.ofContent(request.messageBody()))
                .build();
    }

    /// Keeps it, or finds its twin.
    Twin keep(Tx tx, Instant now) {
        String dedup = queue.isFifo() ? request.messageDeduplicationId() : "";
        Optional<Twin> twin =
                queue.isFifo()
                        ? MessageTable.twin(tx, queue, dedup, now.minus(TWINS))
                        : Optional.empty();
        if (twin.isPresent()) {
            return twin.get();
        }
        long seq =
                MessageTable.insert(
                        tx,
                        queue,
                        shape,
                        Caller.current().account(),
                        now,
                        visible,
                        Optional.ofNullable(queue.isFifo() ? request.messageGroupId() : "")
                                .orElse(""),
                        dedup);
        Twin sent = new Twin(shape.messageId(), seq);
        if (queue.isFifo()) {
            MessageTable.remember(tx, queue, dedup, sent, now);
        }
        return sent;
    }

    /// As AWS shows a sequence number.
    static String sequence(long seq) {
        return "%020d".formatted(seq);
    }
}
