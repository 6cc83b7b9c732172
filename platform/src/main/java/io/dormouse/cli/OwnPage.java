package io.dormouse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
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
        return found(path, Map.of());
    }

    /// The same of a page that is not for everybody.
    ///
    /// @param clients whose key it is signed with
    Optional<String> signed(Clients clients, String path) {
        return found(path, clients.signed(platform.resolve(path)));
    }

    private Optional<String> found(String path, Map<String, String> headers) {
        try {
            Answer answer = ask(path, headers);
            return answer.status() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The platform's answer.
    ///
    /// @throws IOException where none answers
    Answer ask(String path) throws IOException {
        return ask(path, Map.of());
    }

    private Answer ask(String path, Map<String, String> headers) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) platform.resolve(path).toURL().openConnection();
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) ANSWER.toMillis());
        headers.forEach(connection::setRequestProperty);
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
