package io.dormouse.queue;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Shapes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sqs.model.BatchRequestTooLongException;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sqs.model.InvalidBatchEntryIdException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.TooManyEntriesInBatchRequestException;

/// The same for up to ten messages at once, each by itself: one that fails leaves the others.
///
/// AWS page:
/// [SendMessageBatch](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html).
public final class MessageBatches implements SqsClient {
    private static final int ENTRIES_MAX = 10;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,80}");

    private final QueueRecords records;
    private final Messages messages;

    MessageBatches(QueueRecords records, Messages messages) {
        this.records = records;
        this.messages = messages;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /// What became of the entries.
    private record Outcome<R>(List<R> successful, List<BatchResultErrorEntry> failed) {}

    private <E, R> Outcome<R> each(
            String queueUrl, List<E> entries, Function<E, String> id, Function<E, R> call) {
        records.byUrl(queueUrl);
        check(entries.stream().map(id).toList());
        Outcome<R> outcome = new Outcome<>(new ArrayList<>(), new ArrayList<>());
        for (E entry : entries) {
            try {
                outcome.successful.add(call.apply(entry));
            } catch (AwsServiceException e) {
                outcome.failed.add(
                        BatchResultErrorEntry.builder()
                                .id(id.apply(entry))
                                .senderFault(true)
                                .code(code(e))
                                .message(AwsError.sentenceOf(e))
                                .build());
            }
        }
        return outcome;
    }

    private static String code(AwsServiceException thrown) {
        String name = AwsError.codeOf(thrown);
        return name.endsWith("Exception")
                ? name.substring(0, name.length() - "Exception".length())
                : name;
    }

    private static void check(List<String> ids) {
        if (ids.isEmpty()) {
            throw EmptyBatchRequestException.builder()
                    .message("There should be at least one entry in the request.")
                    .build();
        }
        if (ids.size() > ENTRIES_MAX) {
            throw TooManyEntriesInBatchRequestException.builder()
                    .message(
                            "Maximum number of entries per request are "
                                    + ENTRIES_MAX
                                    + ". You have sent "
                                    + ids.size()
                                    + ".")
                    .build();
        }
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            if (!ID.matcher(id).matches()) {
                throw InvalidBatchEntryIdException.builder()
                        .message(
                                "A batch entry id can only contain alphanumeric characters,"
                                        + " hyphens and underscores. It can be at most 80 letters long.")
                        .build();
            }
            if (!seen.add(id)) {
                throw BatchEntryIdsNotDistinctException.builder()
                        .message("Id " + id + " repeated.")
                        .build();
            }
        }
    }

    @Override
    public SendMessageBatchResponse sendMessageBatch(SendMessageBatchRequest request) {
        int length = request.entries().stream().mapToInt(each -> each.messageBody().length()).sum();
        if (length > QueueAttributes.BYTES_MAX) {
            throw BatchRequestTooLongException.builder()
                    .message(
                            "Batch requests cannot be longer than "
                                    + QueueAttributes.BYTES_MAX
                                    + " bytes. You have sent "
                                    + length
                                    + " bytes.")
                    .build();
        }
        Outcome<SendMessageBatchResultEntry> outcome =
                each(
                        request.queueUrl(),
                        request.entries(),
                        SendMessageBatchRequestEntry::id,
                        entry -> send(request.queueUrl(), entry));
        return SendMessageBatchResponse.builder()
                .successful(outcome.successful)
                .failed(outcome.failed)
                .build();
    }

    private SendMessageBatchResultEntry send(String url, SendMessageBatchRequestEntry entry) {
        SendMessageResponse sent =
                messages.sendMessage(
                        Shapes.like(SendMessageRequest.builder(), entry).queueUrl(url).build());
        return Shapes.like(SendMessageBatchResultEntry.builder(), sent).id(entry.id()).build();
    }

    @Override
    public DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
        Outcome<DeleteMessageBatchResultEntry> outcome =
                each(
                        request.queueUrl(),
                        request.entries(),
                        DeleteMessageBatchRequestEntry::id,
                        entry -> {
                            messages.deleteMessage(r ->
                                    r.queueUrl(request.queueUrl())
                                            .receiptHandle(entry.receiptHandle()));
                            return DeleteMessageBatchResultEntry.builder().id(entry.id()).build();
                        });
        return DeleteMessageBatchResponse.builder()
                .successful(outcome.successful)
                .failed(outcome.failed)
                .build();
    }

    @Override
    public ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
            ChangeMessageVisibilityBatchRequest request) {
        Outcome<ChangeMessageVisibilityBatchResultEntry> outcome =
                each(
                        request.queueUrl(),
                        request.entries(),
                        ChangeMessageVisibilityBatchRequestEntry::id,
                        entry -> {
                            messages.changeMessageVisibility(r ->
                                    r.queueUrl(request.queueUrl())
                                            .receiptHandle(entry.receiptHandle())
                                            .visibilityTimeout(entry.visibilityTimeout()));
                            return ChangeMessageVisibilityBatchResultEntry.builder()
                                    .id(entry.id())
                                    .build();
                        });
        return ChangeMessageVisibilityBatchResponse.builder()
                .successful(outcome.successful)
                .failed(outcome.failed)
                .build();
    }
}
