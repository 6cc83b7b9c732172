import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A load generator, as its own process: each connection sends the same bytes again as soon as its
/// answer is whole. One thread for all of them, TCP and Unix sockets alike.
///
/// Reads orders from standard input, a line each: `TARGET REQUEST_FILE CONNECTIONS SECONDS`, the
/// target `tcp:PORT` or `unix:PATH`. Answers each with one line of figures: a [Result].
final class Load {
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

    /// @param seconds that it took
    /// @param failed answers other than 200, and connections that broke
    /// @param p50 latency in microseconds, as the others
    /// @param cpuSeconds of this process
    record Result(
            double seconds, long answers, long failed, double p50, double p99, double cpuSeconds) {
        static Result parse(String line) {
            String[] parts = line.split(" ");
            return new Result(
                    Double.parseDouble(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Double.parseDouble(parts[3]),
                    Double.parseDouble(parts[4]),
                    Double.parseDouble(parts[5]));
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "%.6f %d %d %.1f %.1f %.4f",
                    seconds,
                    answers,
                    failed,
                    p50,
                    p99,
                    cpuSeconds);
        }
    }

    private final SocketAddress address;
    private final byte[] request;
    private long[] nanos = new long[1 << 16];
    private int answers;
    private long failed;

    private Load(String target, byte[] request) {
        this.address = address(target);
        this.request = request;
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] parts = order.split(" ");
            Load load = new Load(parts[0], Files.readAllBytes(Path.of(parts[1])));
            double seconds = Double.parseDouble(parts[3]);
            System.out.println(load.run(Integer.parseInt(parts[2]), seconds).line());
        }
    }

    /// One exchange, for its answer's body.
    static String once(String target, byte[] request) throws IOException {
        Load load = new Load(target, request);
        try (Connection connection = load.new Connection()) {
            connection.channel.configureBlocking(true);
            connection.send();
            while (!connection.receive()) {
                // more is to come
            }
            return connection.text();
        }
    }

    /// One exchange of a client that connects for it: milliseconds until its answer, a 200, is whole.
    static double anew(String target, byte[] request) throws IOException {
        Load load = new Load(target, request);
        long begin = System.nanoTime();
        try (Connection connection = load.new Connection()) {
            connection.channel.configureBlocking(true);
            connection.send();
            while (!connection.receive()) {
                // more is to come
            }
            double millis = (System.nanoTime() - begin) / 1e6;
            connection.count();
            if (load.failed > 0) {
                throw new IOException(connection.text());
            }
            return millis;
        }
    }

    private static SocketAddress address(String target) {
        String where = target.substring(target.indexOf(':') + 1);
        return target.startsWith("unix:")
                ? UnixDomainSocketAddress.of(where)
                : new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), Integer.parseInt(where));
    }

    private Result run(int count, double seconds) throws IOException {
        var system =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        if (count == 1) {
            alone(end);
        } else {
            together(count, end);
        }
        double took = (System.nanoTime() - begin) / 1e9;
        long[] sorted = Arrays.copyOf(nanos, answers);
        Arrays.sort(sorted);
        return new Result(
                took,
                answers,
                failed,
                at(sorted, 0.5),
                at(sorted, 0.99),
                (system.getProcessCpuTime() - cpu) / 1e9);
    }

    private static double at(long[] sorted, double quantile) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)] / 1e3;
    }

    /// A connection alone blocks: no selector lies in its way.
    private void alone(long end) throws IOException {
        while (System.nanoTime() < end) {
            try (Connection connection = new Connection()) {
                connection.channel.configureBlocking(true);
                while (System.nanoTime() < end) {
                    connection.send();
                    while (!connection.receive()) {
                        // more is to come
                    }
                    connection.count();
                }
            } catch (IOException e) {
                broke();
            }
        }
    }

    private void together(int count, long end) throws IOException {
        List<Connection> connections = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                connections.add(begun(selector));
            }
            while (System.nanoTime() < end) {
                selector.select(key -> answer(selector, key, connections), 100);
            }
        } finally {
            for (Connection each : connections) {
                each.close();
            }
        }
    }

    private Connection begun(Selector selector) throws IOException {
        Connection connection = new Connection();
        connection.channel.configureBlocking(false);
        connection.channel.register(selector, SelectionKey.OP_READ, connection);
        connection.send();
        return connection;
    }

    private void answer(Selector selector, SelectionKey key, List<Connection> connections) {
        Connection connection = (Connection) key.attachment();
        try {
            if (connection.receive()) {
                connection.count();
                connection.send();
            }
        } catch (IOException e) {
            connection.close();
            broke();
            try {
                connections.add(begun(selector));
            } catch (IOException again) {
                throw new IllegalStateException("no new connection to " + address, again);
            }
        }
    }

    /// A server that takes no connection would keep us busy for nothing.
    private void broke() {
        if (++failed > 1000) {
            throw new IllegalStateException("a thousand failures of " + address);
        }
    }

    private final class Connection implements AutoCloseable {
        private final SocketChannel channel;
        private final ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request);
        private final ByteBuffer in = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
        private long sent;
        private int whole;
        private int body;
        private boolean chunked;

        Connection() throws IOException {
            channel = SocketChannel.open(address);
            if (address instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        }

        void send() throws IOException {
            in.clear();
            whole = -1;
            chunked = false;
            sent = System.nanoTime();
            out.clear();
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        /// @return whether the answer is whole
        boolean receive() throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("closed by the server");
            }
            if (whole < 0 && !chunked) {
                head();
            }
            return chunked ? ended("0\r\n\r\n") : whole >= 0 && in.position() >= whole;
        }

        private boolean ended(String with) {
            for (int i = 1; i <= with.length(); i++) {
                if (in.position() - i < body
                        || in.get(in.position() - i) != with.charAt(with.length() - i)) {
                    return false;
                }
            }
            return true;
        }

        private void head() {
            int line = 0;
            long length = -1;
            for (int i = 0; i + 1 < in.position(); i++) {
                if (in.get(i) != '\r' || in.get(i + 1) != '\n') {
                    continue;
                }
                if (i == line) {
                    body = i + 2;
                    chunked = length < 0;
                    whole = (int) (body + length);
                    return;
                }
                if (starts(line, "content-length:")) {
                    length = 0;
                    for (int at = line + 15; at < i; at++) {
                        int digit = in.get(at) - '0';
                        length = digit < 0 ? length : length * 10 + digit;
                    }
                }
                line = i + 2;
            }
        }

        private boolean starts(int at, String name) {
            for (int i = 0; i < name.length(); i++) {
                if ((in.get(at + i) | 0x20) != (name.charAt(i) | 0x20)) {
                    return false;
                }
            }
            return true;
        }

        void count() {
            for (int i = 0; i < OK.length; i++) {
                if (in.get(i) != OK[i]) {
                    failed++;
                    return;
                }
            }
            if (answers == nanos.length) {
                nanos = Arrays.copyOf(nanos, answers * 2);
            }
            nanos[answers++] = System.nanoTime() - sent;
        }

        String text() {
            byte[] bytes = new byte[in.position()];
            in.get(0, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // It is of no more use.
            }
        }
    }
}
