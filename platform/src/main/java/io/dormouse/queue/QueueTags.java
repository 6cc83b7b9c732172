package io.dormouse.queue;

import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListQueueTagsRequest;
import software.amazon.awssdk.services.sqs.model.ListQueueTagsResponse;
import software.amazon.awssdk.services.sqs.model.TagQueueRequest;
import software.amazon.awssdk.services.sqs.model.TagQueueResponse;
import software.amazon.awssdk.services.sqs.model.UntagQueueRequest;
import software.amazon.awssdk.services.sqs.model.UntagQueueResponse;

/// The tags of queues.
///
/// AWS page:
/// [TagQueue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html).
public final class QueueTags implements SqsClient {
    private final QueueRecords records;

    QueueTags(QueueRecords records) {
        this.records = records;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public ListQueueTagsResponse listQueueTags(ListQueueTagsRequest request) {
        return ListQueueTagsResponse.builder()
                .tags(records.tags.of(records.byUrl(request.queueUrl()).arn()))
                .build();
    }

    @Override
    public TagQueueResponse tagQueue(TagQueueRequest request) {
        records.store.write(tx -> {
            Queue queue = records.byUrl(tx, request.queueUrl()).body();
            records.tags.put(tx, queue.arn(), request.tags());
            return true;
        });
        return TagQueueResponse.builder().build();
    }

    @Override
    public UntagQueueResponse untagQueue(UntagQueueRequest request) {
        records.store.write(tx -> {
            Queue queue = records.byUrl(tx, request.queueUrl()).body();
            records.tags.remove(tx, queue.arn(), request.tagKeys());
            return true;
        });
        return UntagQueueResponse.builder().build();
    }
}
