package io.dormouse.topic;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/// POSTs to subscribers, with AWS's headers. The client is made for the first of them.
///
/// AWS page: [HTTP/HTTPS headers](https://docs.aws.amazon.com/sns/latest/dg/http-header.html).
final class Posts implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int TOO_MANY = 429;

    // Guarded by this.
    private Optional<HttpClient> client = Optional.empty();

    /// @param status of the answer; 0 for none
    record Result(int status, String reason) {
        boolean isDelivered() {
            return status >= 200 && status < 300;
        }

        /// As AWS: the subscriber does not want it, now or later.
        boolean isFinal() {
            return status >= 400 && status < 500 && status != TOO_MANY;
        }
    }

    Result post(Subscription to, Notification notification, String body, boolean isRaw)
            throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(to.endpoint()))
                        .timeout(ANSWER)
                        .header("Content-Type", "text/plain; charset=UTF-8")
                        .header("User-Agent", "Amazon Simple Notification Service Agent")
                        .header("x-amz-sns-message-type", notification.type())
                        .header("x-amz-sns-message-id", notification.id())
                        .header("x-amz-sns-topic-arn", to.topic())
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (notification.type().equals(Notification.PUBLISHED)) {
            request.header("x-amz-sns-subscription-arn", to.arn());
        }
        if (isRaw) {
            request.header("x-amz-sns-rawdelivery", "true");
        }
        try {
            int status =
                    client().send(request.build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode();
            return new Result(status, "it answered " + status);
        } catch (IOException e) {
            return new Result(0, e.toString());
        }
    }

    private synchronized HttpClient client() {
        HttpClient made =
                client.orElseGet(() ->
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .connectTimeout(CONNECT)
                                .build());
        client = Optional.of(made);
        return made;
    }

    @Override
    public synchronized void close() {
        client.ifPresent(HttpClient::shutdownNow);
    }
}
