package io.dormouse.wire.sign;

import io.dormouse.wire.Exchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// A request as it arrives, written down: a line, headers, an empty line, a body.
@SuppressWarnings("ArrayRecordComponent") // written once, in a test
record Sent(String method, String target, Map<String, List<String>> headers, byte[] content)
        implements Exchange {
    static Sent of(String text) {
        String[] parts = text.split("\n\n", 2);
        String[] lines = parts[0].split("\n", -1);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(
                                lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                                _ -> new ArrayList<>())
                        .add(lines[i].substring(colon + 1).trim());
            }
        }
        int space = lines[0].indexOf(' ');
        String body = parts.length == 1 ? "" : parts[1];
        return new Sent(
                lines[0].substring(0, space),
                lines[0].substring(space + 1),
                headers,
                body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String path() {
        return target.split("\\?", 2)[0];
    }

    @Override
    public String query() {
        String[] parts = target.split("\\?", 2);
        return parts.length == 1 ? "" : parts[1];
    }

    @Override
    public OptionalLong contentLength() {
        return OptionalLong.of(content.length);
    }

    @Override
    public InputStream body() {
        return new ByteArrayInputStream(content);
    }

    @Override
    public byte[] buffer(int bytesMax) {
        return content;
    }

    @Override
    public String requestId() {
        return "1";
    }

    @Override
    public String remoteAddress() {
        return "127.0.0.1";
    }

    @Override
    public boolean isAnswered() {
        return false;
    }

    @Override
    public OutputStream answer(int status, Map<String, String> headers, OptionalLong length)
            throws IOException {
        throw new IOException("Nobody asked");
    }
}
