package io.dormouse.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;

/// As little of an HTTP client as will do for one connection to ourselves: what is recorded with it
/// lies in each platform's start-up cache, and the JDK's client is a tenth of that.
final class PlainClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String host;

    PlainClient(URI endpoint) throws IOException {
        socket = new Socket(endpoint.getHost(), endpoint.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        host = endpoint.getHost();
    }

    /// Sends a request and returns the body of its answer, whatever its status.
    ///
    /// @param headers each with its line end
    String send(String method, String path, String headers, byte[] body) throws IOException {
        String head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: "
                        + host
                        + "\r\n"
                        + headers
                        + "Content-Length: "
                        + body.length
                        + "\r\n\r\n";
        byte[] start = head.getBytes(ISO_8859_1);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        out.write(whole);
        return answer();
    }

    private String answer() throws IOException {
        int length = -1;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
        }
        if (length >= 0) {
            return new String(in.readNBytes(length), ISO_8859_1);
        }
        StringBuilder text = new StringBuilder();
        for (int size = chunk(); size > 0; size = chunk()) {
            text.append(new String(in.readNBytes(size), ISO_8859_1));
            line();
        }
        line();
        return text.toString();
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line().strip(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the platform closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
