package io.dormouse.topic;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Shapes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sns.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sns.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sns.model.InvalidParameterValueException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishBatchRequest;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchResponse;
import software.amazon.awssdk.services.sns.model.PublishBatchResultEntry;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import software.amazon.awssdk.services.sns.model.PublishResponse;
import software.amazon.awssdk.services.sns.model.TooManyEntriesInBatchRequestException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Publishing.
///
/// AWS page: [Publish](https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
public final class Publications implements SnsClient {
    private static final int BYTES_MAX = 262_144;
    private static final int SUBJECT_MAX = 100;
    private static final int ENTRIES_MAX = 10;

    private final TopicRecords records;
    private final Deliveries deliveries;
    private final InstantSource clock;

    Publications(TopicRecords records, Deliveries deliveries, InstantSource clock) {
        this.records = records;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public PublishResponse publish(PublishRequest request) {
        String topic = topic(request);
        check(request);
        Notification notification =
                new Notification(
                        Notification.PUBLISHED,
                        UUID.randomUUID().toString(),
                        request,
                        "",
                        clock.instant());
        List<Subscription> takers =
                records.store.read(query -> {
                    records.topic(query, topic);
                    return records.of(query, topic);
                });
        deliveries.send(notification, takers);
        return PublishResponse.builder().messageId(notification.id()).build();
    }

    private static String topic(PublishRequest request) {
        if (request.phoneNumber() != null) {
            throw TopicErrors.invalid(
                    "PhoneNumber", "Nothing is sent to telephones here: publish to a topic.");
        }
        return Optional.ofNullable(request.topicArn())
                .or(() -> Optional.ofNullable(request.targetArn()))
                .orElseThrow(() ->
                        TopicErrors.invalid(
                                "TopicArn or TargetArn", "no value for required" + " parameter"));
    }

    private static void check(PublishRequest request) {
        if (request.message().isEmpty()) {
            throw TopicErrors.invalid("Message", "Empty message");
        }
        int bytes = request.message().getBytes(UTF_8).length;
        for (Map.Entry<String, MessageAttributeValue> each :
                request.messageAttributes().entrySet()) {
            bytes += check(each.getKey(), each.getValue());
        }
        if (bytes > BYTES_MAX) {
            throw TopicErrors.invalid(
                    "Message too long", "It may have " + BYTES_MAX + " bytes with its attributes.");
        }
        String subject = request.subject();
        if (subject != null && (subject.isEmpty() || subject.length() > SUBJECT_MAX)) {
            throw TopicErrors.invalid("Subject", "It has 1 to " + SUBJECT_MAX + " characters.");
        }
        if (request.messageStructure() != null) {
            checkStructure(request);
        }
    }

    private static int check(String name, MessageAttributeValue value) {
        String type = value.dataType();
        boolean isText = type.startsWith("String") || type.startsWith("Number");
        if (isText ? value.stringValue() == null : value.binaryValue() == null) {
            throw badAttribute(name, "must contain a non-empty value of its DataType");
        }
        try {
            boolean isJson = type.equals("String.Array") || type.startsWith("Number");
            if (isJson) {
                JsonNode tree = JsonMapper.shared().readTree(value.stringValue());
                if (type.startsWith("Number") ? !tree.isNumber() : !tree.isArray()) {
                    throw badAttribute(name, "is no " + type);
                }
            }
        } catch (JacksonException e) {
            throw badAttribute(name, "is no " + type);
        }
        return name.length()
                + type.length()
                + (isText
                        ? value.stringValue().getBytes(UTF_8).length
                        : value.binaryValue().asByteArrayUnsafe().length);
    }

    private static InvalidParameterValueException badAttribute(String name, String why) {
        return InvalidParameterValueException.builder()
                .message("The message attribute '" + name + "' " + why + ".")
                .build();
    }

    private static void checkStructure(PublishRequest request) {
        try {
            JsonNode tree = JsonMapper.shared().readTree(request.message());
            if (request.messageStructure().equals("json") && tree.path("default").isString()) {
                return;
            }
        } catch (JacksonException e) {
            // Said below, as for a document without a default.
        }
        throw TopicErrors.invalid(
                "Message Structure",
                "With MessageStructure json the message is a JSON object with a text under"
                        + " \"default\".");
    }

    @Override
    public PublishBatchResponse publishBatch(PublishBatchRequest request) {
        List<PublishBatchRequestEntry> entries = request.publishBatchRequestEntries();
        check(entries);
        records.store.read(query -> records.topic(query, request.topicArn()));
        List<PublishBatchResultEntry> successful = new ArrayList<>();
        List<BatchResultErrorEntry> failed = new ArrayList<>();
        for (PublishBatchRequestEntry entry : entries) {
            PublishRequest each =
                    Shapes.like(PublishRequest.builder(), entry)
                            .topicArn(request.topicArn())
                            .build();
            try {
                successful.add(
                        PublishBatchResultEntry.builder()
                                .id(entry.id())
                                .messageId(publish(each).messageId())
                                .build());
            } catch (AwsServiceException e) {
                failed.add(
                        BatchResultErrorEntry.builder()
                                .id(entry.id())
                                .senderFault(true)
                                .code(AwsError.codeOf(e).replaceFirst("Exception$", ""))
                                .message(AwsError.sentenceOf(e))
                                .build());
            }
        }
        return PublishBatchResponse.builder().successful(successful).failed(failed).build();
    }

    private static void check(List<PublishBatchRequestEntry> entries) {
        if (entries.isEmpty()) {
            throw EmptyBatchRequestException.builder()
                    .message("The batch request doesn't contain any entries.")
                    .build();
        }
        if (entries.size() > ENTRIES_MAX) {
            throw TooManyEntriesInBatchRequestException.builder()
                    .message(
                            "The batch request contains more entries than permissible: "
                                    + ENTRIES_MAX)
                    .build();
        }
        Set<String> seen = new HashSet<>();
        if (!entries.stream().allMatch(each -> seen.add(each.id()))) {
            throw BatchEntryIdsNotDistinctException.builder()
                    .message("Two or more batch entries in the request have the same Id.")
                    .build();
        }
    }
}
