package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.worker.LogSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// The process that has an environment's libraries loaded, and forks an instance from that in
/// milliseconds. It opens no model, stands behind walls of its own, and has one thread: it says how
/// many, and is not used where there are more. `parent.py` says what they say to each other.
final class PythonParent implements AutoCloseable {
    private static final long LOADED_SECONDS_MAX = 120;
    private static final long BORN_SECONDS_MAX = 30;
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int LINE_BYTES_MAX = 64 * 1024;

    private final Spawned process;
    private final Path socket;
    private final Limits.Limit limit;
    private final SocketChannel control;
    private final InputStream says;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final ConcurrentHashMap<String, CompletableFuture<Long>> births =
            new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, CompletableFuture<Integer>> exits =
            new ConcurrentHashMap<>();

    /// Connects to a parent that was just spawned, lets it have namespaces of its own, and loads.
    ///
    /// @param socket its socket, as the platform sees it
    /// @param imports the modules to be loaded
    /// @param walled whether it made a user namespace, which is given its one user here
    PythonParent(
            Spawned process,
            Path socket,
            Limits.Limit limit,
            List<String> imports,
            boolean walled,
            LogSink notices)
            throws IOException {
        this.process = process;
        this.socket = socket;
        this.limit = limit;
        LogLines _ = new LogLines(process.log(), notices);
        this.control = connected();
        this.says = Channels.newInputStream(control);
        OutputStream out = Channels.newOutputStream(control);
        out.write("control\n".getBytes(UTF_8));
        String first = line(says);
        if (walled) {
            if (!first.equals("alone")) {
                throw new IOException("the parent has no user namespace: " + first);
            }
            mapUsers();
        }
        String names = String.join("\",\"", imports);
        out.write(
                (imports.isEmpty() ? "{\"imports\":[]}\n" : "{\"imports\":[\"" + names + "\"]}\n")
                        .getBytes(UTF_8));
        Thread.ofVirtual().name("python-parent").start(this::listen);
        var _ = process.exit().thenRun(this::ended);
    }

    private SocketChannel connected() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BORN_SECONDS_MAX);
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException e) {
                channel.close();
                if (process.exit().isDone() || System.nanoTime() > deadline) {
                    throw new IOException("the parent does not listen: " + e.getMessage(), e);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// The one user and the one group that it has outside are the same inside.
    private void mapUsers() throws IOException {
        Path proc = Path.of("/proc/" + process.pid());
        String group =
                Files.readAllLines(proc.resolve("status")).stream()
                        .filter(each -> each.startsWith("Gid:"))
                        .map(each -> each.split("\\s+", -1)[1])
                        .findFirst()
                        .orElseThrow(() -> new IOException("the parent has ended"));
        // Opened before it is written, and never created.
        Files.write(
                proc.resolve("uid_map"),
                "0 0 1\n".getBytes(UTF_8),
                java.nio.file.StandardOpenOption.WRITE);
        Files.write(
                proc.resolve("gid_map"),
                (group + " " + group + " 1\n").getBytes(UTF_8),
                java.nio.file.StandardOpenOption.WRITE);
    }

    private static String line(InputStream from) throws IOException {
        var line = new StringBuilder();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0 || line.length() > LINE_BYTES_MAX) {
                throw new IOException("the parent hung up");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private void listen() {
        try {
            while (true) {
                String[] words = line(says).split(" ", 3);
                switch (words[0]) {
                    case "ready" -> ready.complete(words[1] + " " + words[2]);
                    case "born" -> born(birth(words[1]), Long.parseLong(words[2]));
                    case "unborn" ->
                            birth(words[1]).completeExceptionally(new IOException(words[2]));
                    case "exit" ->
                            exit(Long.parseLong(words[1])).complete(Integer.valueOf(words[2]));
                    default -> {}
                }
            }
        } catch (IOException | RuntimeException e) {
            ended();
        }
    }

    private void born(CompletableFuture<Long> birth, long own) {
        try {
            birth.complete(onMachine(own));
        } catch (IOException e) {
            birth.completeExceptionally(e);
        }
    }

    private CompletableFuture<Long> birth(String id) {
        return births.computeIfAbsent(id, _ -> new CompletableFuture<>());
    }

    private CompletableFuture<Integer> exit(long own) {
        return exits.computeIfAbsent(own, _ -> new CompletableFuture<>());
    }

    /// The parent's end is that of all that it forked.
    private void ended() {
        var gone = new IOException("the parent has ended");
        ready.completeExceptionally(gone);
        births.values().forEach(each -> each.completeExceptionally(gone));
        exits.values().forEach(each -> each.complete(128 + 9));
        limit.close();
    }

    private final ConcurrentHashMap<Long, Long> owns = new ConcurrentHashMap<>();

    /// The number of a child as the machine counts, from the one that its parent knows.
    private long onMachine(long own) throws IOException {
        for (long child : ProcessTree.children(process.pid())) {
            List<Long> all = ProcessTree.numbers(child);
            int depth = ProcessTree.numbers(process.pid()).size();
            if (all.size() >= depth && depth > 0 && all.get(depth - 1) == own) {
                owns.put(child, own);
                return child;
            }
        }
        throw new IOException("the child %d is not to be found".formatted(own));
    }

    /// Waits until the libraries are loaded.
    ///
    /// @return what it says of itself
    /// @throws IOException where it cannot be forked from
    String awaitReady() throws IOException {
        String said = awaited(ready, LOADED_SECONDS_MAX);
        if (!said.contains("\"threads\": 1,")) {
            throw new IOException("its libraries started threads when they were loaded: " + said);
        }
        return said;
    }

    private static <T> T awaited(CompletableFuture<T> future, long seconds) throws IOException {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the platform is stopping", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    boolean isAlive() {
        return !process.exit().isDone() && !ready.isCompletedExceptionally();
    }

    long memoryBytes() {
        return ProcessTree.ownBytes(process.pid());
    }

    long pid() {
        return process.pid();
    }

    /// Forks an instance, which waits for [Offspring#go].
    Offspring fork(String id, List<String> words, Map<String, String> environment, int threads)
            throws IOException {
        SocketChannel log = connected();
        SocketChannel requests = connected();
        try {
            write(log, "log " + id + "\n");
            var asked = new StringBuilder("instance " + id + " {\"threads\":" + threads);
            asked.append(",\"words\":[");
            String comma = "";
            for (String each : words) {
                asked.append(comma);
                LoadCommand.quote(asked, each);
                comma = ",";
            }
            asked.append("],\"environment\":{");
            comma = "";
            for (Map.Entry<String, String> each : environment.entrySet()) {
                asked.append(comma);
                LoadCommand.quote(asked, each.getKey());
                asked.append(':');
                LoadCommand.quote(asked, each.getValue());
                comma = ",";
            }
            write(requests, asked.append("}}\n").toString());
            long pid = awaited(birth(id), BORN_SECONDS_MAX);
            String furnished = line(Channels.newInputStream(requests));
            if (!furnished.equals("furnished")) {
                throw new IOException("the child says " + furnished);
            }
            long own = Optional.ofNullable(owns.remove(pid)).orElse(0L);
            CompletableFuture<Integer> exit = exit(own);
            var _ = exit.whenComplete((_, _) -> exits.remove(own, exit));
            return new Offspring(pid, requests, Channels.newInputStream(log), exit);
        } catch (IOException e) {
            log.close();
            requests.close();
            throw e;
        } finally {
            births.remove(id);
        }
    }

    private static void write(SocketChannel to, String text) throws IOException {
        Channels.newOutputStream(to).write(text.getBytes(UTF_8));
    }

    @Override
    public void close() {
        try {
            control.close();
            process.requests().close();
        } catch (IOException e) {
            // It has ended.
        }
        process.kill();
    }
}
