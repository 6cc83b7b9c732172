package io.dormouse.worker;

import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// What an instance answered. Read the body, then close.
///
/// @param headers by lower-case name
/// @param contentLength bytes of the body; empty where it is chunked
/// @param release what closing does
public record Answer(
        int status,
        Map<String, String> headers,
        OptionalLong contentLength,
        InputStream body,
        Runnable release)
        implements AutoCloseable {
    public Answer {
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body);
        Objects.requireNonNull(release);
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public void close() {
        release.run();
    }
}
