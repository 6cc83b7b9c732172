package io.dormouse.functionserver;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// HTTP/1.1 on a pair of streams, between programs that keep to it: lengths are announced.
final class HttpConnection {
    private static final int HEAD_BYTES_MAX = 32 * 1024;
    private static final int BODY_BYTES_MAX = 64 << 20;

    private final InputStream in;
    private final OutputStream out;

    HttpConnection(InputStream in, OutputStream out) {
        this.in = new BufferedInputStream(in, HEAD_BYTES_MAX);
        this.out = out;
    }

    /// The next request without its body; empty where there is no further one.
    Optional<HttpMessage> head() throws IOException {
        StringBuilder text = new StringBuilder(512);
        while (text.length() < HEAD_BYTES_MAX) {
            int next = in.read();
            if (next < 0) {
                if (text.isEmpty()) {
                    return Optional.empty();
                }
                throw new EOFException("the connection ended in a head");
            }
            text.append((char) next);
            int length = text.length();
            if (next == '\n' && length >= 4 && text.charAt(length - 3) == '\n') {
                return Optional.of(HttpMessage.head(text.substring(0, length - 4)));
            }
        }
        throw new IOException("a head is longer than " + HEAD_BYTES_MAX + " bytes");
    }

    /// The whole request.
    HttpMessage body(HttpMessage head) throws IOException {
        String announced = head.header("content-length");
        long length = announced.isEmpty() ? 0 : Long.parseLong(announced);
        if (length > BODY_BYTES_MAX || !head.header("transfer-encoding").isEmpty()) {
            throw new IOException("a body of no known length, or of too many bytes: " + announced);
        }
        byte[] body = in.readNBytes((int) length);
        if (body.length < length) {
            throw new EOFException("the connection ended in a body");
        }
        return head.with(body);
    }

    void goOn() throws IOException {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    void answer(int status, Map<String, String> headers, byte[] body) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Status\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        byte[] first = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[first.length + body.length];
        System.arraycopy(first, 0, whole, 0, first.length);
        System.arraycopy(body, 0, whole, first.length, body.length);
        out.write(whole);
        out.flush();
    }
}
