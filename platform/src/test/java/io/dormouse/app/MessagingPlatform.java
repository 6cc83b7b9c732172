package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.aws.Caller;
import io.dormouse.worker.Serving;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// A whole platform, and AWS's clients of what tells others.
final class MessagingPlatform implements AutoCloseable {
    static final String ACCOUNT = Caller.DEFAULT_ACCOUNT;

    final TestPlatform platform;
    final SqsClient sqs;
    final SnsClient sns;
    final EventBridgeClient events;
    final SchedulerClient scheduler;
    final SageMakerClient sageMaker;
    final CloudWatchLogsClient logs;

    MessagingPlatform(TestPlatform.SettingsBuilder settings) throws IOException {
        platform = new TestPlatform(settings);
        sqs = client(SqsClient.builder());
        sns = client(SnsClient.builder());
        events = client(EventBridgeClient.builder());
        scheduler = client(SchedulerClient.builder());
        sageMaker = client(SageMakerClient.builder());
        logs = client(CloudWatchLogsClient.builder());
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        return builder.endpointOverride(platform.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    /// A new queue's URL.
    String queue(String name, Map<QueueAttributeName, String> attributes) {
        return sqs.createQueue(r -> r.queueName(name).attributes(attributes)).queueUrl();
    }

    static String queueArn(String name) {
        return "arn:aws:sqs:us-east-1:" + ACCOUNT + ":" + name;
    }

    /// What is there now.
    List<Message> receive(String url) {
        return sqs.receiveMessage(r ->
                        r.queueUrl(url)
                                .maxNumberOfMessages(10)
                                .messageAttributeNames("All")
                                .messageSystemAttributeNamesWithStrings("All"))
                .messages();
    }

    /// Waits until so many have come, takes and deletes them.
    List<Message> await(String url, int count) {
        List<Message> all = new ArrayList<>();
        Serving.await(
                count + " messages in " + url,
                () -> {
                    for (Message message : receive(url)) {
                        sqs.deleteMessage(
                                r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
                        all.add(message);
                    }
                    return all.size() >= count;
                });
        assertEquals(count, all.size(), all.toString());
        return all;
    }

    /// Moves the platform's clock.
    void pass(Duration time) throws Exception {
        assertEquals(
                200,
                platform.post("/_dormouse/clock", "{\"advance_seconds\": " + time.toSeconds() + "}")
                        .statusCode());
    }

    @Override
    public void close() {
        platform.close();
    }
}
