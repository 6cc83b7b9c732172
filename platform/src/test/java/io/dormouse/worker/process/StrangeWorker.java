package io.dormouse.worker.process;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A worker that keeps the container contract, and misbehaves on command: what a request's body
/// says, it does. A program of its own, so that tests have a real process to deal with.
public final class StrangeWorker {
    /// Whether it goes on when it is asked to end.
    private static volatile boolean deaf;

    private StrangeWorker() {}

    public static void main(String[] words) throws IOException {
        List<String> arguments = List.of(words);
        int named = arguments.indexOf("--model");
        boolean contained = arguments.contains("serve");
        Path model = Path.of(named >= 0 ? words[named + 1] : contained ? "/opt/ml/model" : "/none");
        if (Files.exists(model.resolve("unloadable"))) {
            System.err.println("some line before");
            System.err.println("cannot load: this is no model");
            System.exit(3);
        }
        if (Files.exists(model.resolve("dead-on-arrival"))) {
            System.exit(1);
        }
        if (Files.exists(model.resolve("never-ready"))) {
            hang();
        }
        if (Files.exists(model.resolve("slow"))) {
            String millis = Files.readString(model.resolve("slow"));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis)));
        }
        System.err.println("strange worker is up");
        int listen = arguments.indexOf("--listen");
        if (contained) {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(8080), 64);
            accept(server);
        } else if (listen >= 0) {
            listen(Path.of(words[listen + 1]));
        } else {
            boolean both = arguments.contains("--fd0");
            serve(
                    new FileInputStream(FileDescriptor.in),
                    new FileOutputStream(both ? FileDescriptor.in : FileDescriptor.out));
        }
    }

    private static void listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path), 64);
        Thread.ofPlatform().daemon().start(() -> accept(server));
        while (new FileInputStream(FileDescriptor.in).read() >= 0) {}
        System.exit(0);
    }

    private static void accept(ServerSocketChannel server) {
        while (true) {
            SocketChannel channel = accepted(server);
            Thread.ofPlatform().daemon().start(() -> serve(channel));
        }
    }

    private static SocketChannel accepted(ServerSocketChannel server) {
        try {
            return server.accept();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void serve(SocketChannel channel) {
        try (channel) {
            serve(Channels.newInputStream(channel), Channels.newOutputStream(channel));
        } catch (IOException e) {
            System.err.println("connection ended: " + e);
        }
    }

    private static void serve(InputStream in, OutputStream out) throws IOException {
        boolean first = true;
        while (true) {
            String head = head(in);
            if (head.isEmpty()) {
                if (deaf) {
                    hang();
                }
                return;
            }
            if (head.contains("Expect: 100-continue")) {
                write(out, "HTTP/1.1 100 Continue\r\n\r\n");
            }
            byte[] body = body(in, head);
            String steps =
                    first
                            ? "X-Dormouse-Steps: main=%d,answer=%d\r\n"
                                    .formatted(System.nanoTime(), System.nanoTime())
                            : "";
            first &= !head.startsWith("POST /invocations");
            if (head.startsWith("GET /ping")) {
                answer(out, 200, "", new byte[0]);
            } else if (head.startsWith("POST /load")) {
                load(out, new String(body, StandardCharsets.UTF_8));
            } else {
                obey(out, head, body, steps);
            }
        }
    }

    private static void load(OutputStream out, String body) throws IOException {
        System.err.println("load " + body);
        if (body.contains("broken")) {
            System.err.println("cannot load: this is no model");
            answer(out, 400, "", "this is no model".getBytes(StandardCharsets.UTF_8));
            System.exit(3);
        }
        answer(out, 200, "", new byte[0]);
    }

    private static void obey(OutputStream out, String head, byte[] body, String steps)
            throws IOException {
        String command =
                body.length > 100 ? "large" : new String(body, StandardCharsets.UTF_8).strip();
        switch (command.split(" ")[0]) {
            case "wrong" -> answer(out, 400, steps, utf8("the input is wrong"));
            case "head" -> answer(out, 200, steps, utf8(head));
            case "environment" -> answer(out, 200, steps, utf8(System.getenv().toString()));
            case "descriptors" -> answer(out, 200, steps, utf8(descriptors()));
            case "say" -> {
                System.err.println(command.substring(4));
                answer(out, 200, steps, utf8("said"));
            }
            case "connect", "write", "list", "read", "status", "fork", "fill", "leak" ->
                    probe(out, command.split(" "), steps);
            case "die" -> System.exit(7);
            case "hang" -> {
                System.err.println("hanging");
                hang();
            }
            case "eat" -> eat();
            case "hoard" -> hoard();
            case "deaf" -> {
                deaf = true;
                answer(out, 200, steps, utf8("what?"));
            }
            case "garbage" -> write(out, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
            case "no-length" -> write(out, "HTTP/1.1 200 OK\r\n\r\nwhat now");
            case "two-lengths" ->
                    write(
                            out,
                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
            case "truncated" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                System.exit(0);
            }
            case "old" -> {
                write(out, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nan old answer");
                out.close();
            }
            case "truncated-late" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                out.write(new byte[300_000]);
                out.flush();
                System.exit(0);
            }
            case "zeros-then-die" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n");
                out.write(new byte[9_000_000]);
                out.flush();
                System.exit(0);
            }
            case "truncated-head" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Le");
                System.exit(0);
            }
            case "truncated-chunk" -> {
                write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf");
                System.exit(0);
            }
            case "stall" -> {
                write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                hang();
            }
            case "chunked" ->
                    write(
                            out,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n");
            case "drip" -> {
                write(
                        out,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/drops\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                hang();
            }
            case "zeros" ->
                    answer(out, 200, steps, new byte[Integer.parseInt(command.split(" ")[1])]);
            case "large" -> answer(out, 200, steps, utf8(body.length + " bytes, " + sum(body)));
            default -> answer(out, 200, steps, utf8("you said " + command));
        }
    }

    private static void probe(OutputStream out, String[] words, String steps) throws IOException {
        String found;
        try {
            found = Probes.run(words);
        } catch (Probes.Exhausted e) {
            answer(out, 500, steps, utf8(e.getMessage()));
            return;
        } catch (IOException e) {
            found = e.toString();
        }
        answer(out, 200, steps, utf8(found));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long sum(byte[] body) {
        long sum = 0;
        for (byte each : body) {
            sum += each & 0xff;
        }
        return sum;
    }

    private static String descriptors() throws IOException {
        List<String> open = new ArrayList<>();
        try (var links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                if (Files.isSymbolicLink(link)) {
                    open.add(Files.readSymbolicLink(link).toString());
                }
            }
        }
        return open.toString();
    }

    private static void hang() {
        while (true) {
            LockSupport.park();
        }
    }

    private static void eat() {
        while (true) {
            Arena.global().allocate(1 << 20).fill((byte) 1);
        }
    }

    /// Objects of the virtual machine, where [#eat] takes native memory.
    private static void hoard() {
        List<byte[]> kept = new ArrayList<>();
        while (true) {
            kept.add(new byte[1 << 20]);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void answer(OutputStream out, int status, String headers, byte[] body)
            throws IOException {
        write(
                out,
                "HTTP/1.1 %d OK\r\nContent-Type: text/plain\r\n%sContent-Length: %d\r\n\r\n"
                        .formatted(status, headers, body.length));
        out.write(body);
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                return "";
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static byte[] body(InputStream in, String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int length = lower.indexOf("content-length:");
        if (length >= 0) {
            int end = lower.indexOf('\r', length);
            return in.readNBytes(Integer.parseInt(lower.substring(length + 15, end).strip()));
        }
        var body = new ByteArrayOutputStream();
        while (lower.contains("chunked")) {
            int size = Integer.parseInt(line(in), 16);
            body.write(in.readNBytes(size));
            line(in);
            if (size == 0) {
                break;
            }
        }
        return body.toByteArray();
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }
}
