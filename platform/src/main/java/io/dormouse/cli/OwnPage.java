package io.dormouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// The pages of a platform that are ours and not AWS's, over the transport that starts fastest.
///
/// @param platform where it answers
record OwnPage(URI platform) {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /// @param status HTTP's
    record Answer(int status, String body) {}

    /// The page, where there is one: empty where no platform answers, or not with success.
    Optional<String> get(String path) {
        try {
            Answer answer = ask(path);
            return answer.status() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The platform's answer.
    ///
    /// @throws IOException where none answers
    Answer ask(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) platform.resolve(path).toURL().openConnection();
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) ANSWER.toMillis());
        try {
            int status = connection.getResponseCode();
            try (InputStream body =
                    status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(
                        status,
                        body == null
                                ? ""
                                : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } finally {
            connection.disconnect();
        }
    }
}
