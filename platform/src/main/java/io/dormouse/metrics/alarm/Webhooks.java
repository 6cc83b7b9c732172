package io.dormouse.metrics.alarm;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// POSTs what happened to the URL of an alarm's tag `dormouse:webhook`: no redirect is followed,
/// nothing of the answer but its status is read. The client is made for the first of them.
final class Webhooks implements AutoCloseable {
    /// The tag whose value is the URL.
    static final String TAG = "dormouse:webhook";

    /// After the last, some two minutes after the first, it is given up.
    static final int TRIES_MAX = 8;

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;

    // Guarded by this.
    private Optional<HttpClient> client = Optional.empty();

    /// @param error empty where it was taken
    /// @param isFinal whether another try makes no sense
    record Result(String error, boolean isFinal) {}

    /// Where the tags of an alarm say that it tells.
    static Optional<String> of(Map<String, String> tags) {
        return Optional.ofNullable(tags.get(TAG));
    }

    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException where the tag is there
    ///   and is no URL that can be called
    static void check(Map<String, String> tags) {
        of(tags).ifPresent(Webhooks::check);
    }

    private static void check(String url) {
        try {
            URI uri = new URI(url);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (isHttp && uri.getHost() != null && uri.getUserInfo() == null) {
                return;
            }
        } catch (URISyntaxException _) {
            // Said below.
        }
        throw AlarmInput.invalid(
                "The tag "
                        + TAG
                        + " must be an http or https URL without user and password, unlike "
                        + url);
    }

    /// Tries once.
    ///
    /// @param id the same for each try, so that the receiver knows what it has already
    Result post(String url, String body, String id) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(ANSWER)
                        .header("Content-Type", "application/json")
                        .header("User-Agent", "Dormouse")
                        .header("X-Dormouse-Delivery", id)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<InputStream> answer =
                    client().send(request, HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close();
            int status = answer.statusCode();
            if (status >= 200 && status < 300) {
                return new Result("", true);
            }
            boolean isFinal = status < 500 && status != TIMED_OUT && status != TOO_MANY;
            return new Result(url + " answered " + status, isFinal);
        } catch (IOException e) {
            return new Result(url + ": " + e, false);
        }
    }

    private synchronized HttpClient client() {
        HttpClient made =
                client.orElseGet(() ->
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .connectTimeout(CONNECT)
                                .followRedirects(HttpClient.Redirect.NEVER)
                                .build());
        client = Optional.of(made);
        return made;
    }

    @Override
    public synchronized void close() {
        client.ifPresent(HttpClient::shutdownNow);
    }
}
