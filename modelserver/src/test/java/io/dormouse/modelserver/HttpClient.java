package io.dormouse.modelserver;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The platform's side of a connection, as simple as it can be.
public final class HttpClient {
    private final InputStream in;
    private final OutputStream out;

    public HttpClient(InputStream in, OutputStream out) {
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /// What came back.
    public record Reply(int status, Map<String, String> headers, String body) {
        /// Empty where there is no such header.
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    public Reply get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\n\r\n");
        return reply();
    }

    public Reply invoke(String type, String body) throws IOException {
        return invoke(type, "", body);
    }

    public Reply invoke(String type, String accept, String body) throws IOException {
        return post(
                "/invocations",
                "Content-Type: "
                        + type
                        + "\r\n"
                        + (accept.isEmpty() ? "" : "Accept: " + accept + "\r\n"),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends a POST with these header lines.
    public Reply post(String path, String headers, byte[] body) throws IOException {
        write(path, headers, body);
        return reply();
    }

    /// Sends a POST and does not wait.
    public void write(String path, String headers, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head = "POST " + path + " HTTP/1.1\r\n" + headers + "Content-Length: " + body.length;
        request.writeBytes((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        out.write(request.toByteArray());
        out.flush();
    }

    public void send(String raw) throws IOException {
        out.write(raw.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    public Reply reply() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        byte[] body;
        if (headers.containsKey("Transfer-Encoding")) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); size > 0; ) {
                whole.writeBytes(in.readNBytes(size));
                line();
                size = Integer.parseInt(line(), 16);
            }
            line();
            body = whole.toByteArray();
        } else {
            body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        }
        return new Reply(
                Integer.parseInt(status.split(" ", 3)[1]),
                headers,
                new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the worker closed the connection after: " + line);
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }
}
