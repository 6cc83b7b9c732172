package io.dormouse.modelserver.setup;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A worker process on its descriptors 0 and 1, started to be measured or recorded.
public final class Probe implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 180;

    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private final long spawned;

    private Probe(Process process, long spawned, InputStream in, OutputStream out) {
        this.process = process;
        this.spawned = spawned;
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /// What came back.
    ///
    /// @param steps the header of a first answer, else empty
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Reply(int status, String steps, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// Starts a worker on descriptors 0 and 1; what it logs goes to this process's standard error.
    ///
    /// @param command without the transport, which is added, as is the stamp
    /// @param environment all of it, beside what keeps ONNX Runtime's telemetry off
    public static Probe start(List<String> command, Map<String, String> environment)
            throws IOException {
        long spawned = System.nanoTime();
        Process process = spawn(command, environment, spawned, List.of("--stdio"));
        return new Probe(process, spawned, process.getInputStream(), process.getOutputStream());
    }

    /// Starts a worker on a Unix domain socket.
    ///
    /// @param socket where it is to listen; goes away when the worker ends
    static Probe listen(List<String> command, Path socket) throws IOException {
        long spawned = System.nanoTime();
        Process process = spawn(command, Map.of(), spawned, List.of("--listen", socket.toString()));
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() - spawned > PATIENCE_SECONDS * 1e9) {
                process.destroyForcibly();
                throw new IOException("the worker does not listen");
            }
            LockSupport.parkNanos(1_000_000);
        }
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        return new Probe(
                process,
                spawned,
                Channels.newInputStream(channel),
                Channels.newOutputStream(channel));
    }

    private static Process spawn(
            List<String> command,
            Map<String, String> environment,
            long spawned,
            List<String> transport)
            throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(transport);
        whole.addAll(List.of("--spawned", String.valueOf(spawned)));
        ProcessBuilder builder = builder(whole);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /// A child that keeps ONNX Runtime's telemetry off and knows nothing of our environment.
    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return builder;
    }

    /// Nanoseconds since just before the spawn.
    public long age() {
        return System.nanoTime() - spawned;
    }

    public Reply invoke(String contentType, byte[] body) throws IOException {
        return post("/invocations", contentType, body);
    }

    public Reply post(String path, String contentType, byte[] body) throws IOException {
        String head =
                "POST "
                        + path
                        + " HTTP/1.1\r\nContent-Type: "
                        + contentType
                        + "\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        out.write(request.toByteArray());
        out.flush();
        return reply();
    }

    public Reply get(String path) throws IOException {
        out.write(("GET " + path + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return reply();
    }

    private Reply reply() throws IOException {
        String first = line();
        String steps = "";
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "x-dormouse-steps" -> steps = value;
                default -> {}
            }
        }
        return new Reply(Integer.parseInt(first.substring(9, 12)), steps, in.readNBytes(length));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the worker ended before it answered");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    /// The most memory that the process held so far, anonymous and mapped, in bytes; 0 where
    /// unknown.
    public long peakBytes() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    String digits = line.replaceAll("[^0-9]", "");
                    return Long.parseLong(digits) * 1024;
                }
            }
        }
        return 0;
    }

    /// Ends its input and waits for its exit code.
    public int end() throws IOException {
        out.close();
        process.getOutputStream().close();
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("a worker did not end");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
