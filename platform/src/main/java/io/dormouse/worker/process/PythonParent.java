package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.LogLines;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// The process that has an environment's libraries loaded, and forks an instance from that in
/// milliseconds. It opens no model, is told nothing that belongs to an instance, stands behind
/// walls of its own, and has one thread: it says how many, and is not used where there are more.
/// `parent.py` says what they say to each other.
final class PythonParent implements AutoCloseable {
    private static final long LOADED_SECONDS_MAX = 60;
    private static final long BORN_SECONDS_MAX = 30;
    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int LINE_BYTES_MAX = 64 * 1024;

    private final Spawned process;
    private final Path socket;
    private final Limit limit;
    private final SocketChannel control;
    private final InputStream says;
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private volatile Optional<String> threaded = Optional.empty();
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    /// By the instance's id: the number of its process, as the parent counts.
    private final Map<String, CompletableFuture<Long>> births = new ConcurrentHashMap<>();

    /// By that number: exit codes.
    private final Map<Long, CompletableFuture<Integer>> exits = new ConcurrentHashMap<>();

    /// Connects to a parent that was just spawned, lets it have namespaces of its own, and loads.
    ///
    /// @param socket its socket, as the platform sees it
    /// @param imports the modules to be loaded
    /// @param walled whether it made a user namespace, which is given its one user here
    PythonParent(
            Spawned process,
            Path socket,
            Limit limit,
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
        try {
            begin(imports, walled);
        } catch (IOException e) {
            control.close();
            throw e;
        }
        Thread.ofVirtual().name("python-parent").start(this::listen);
        var _ = process.exit().thenRun(this::ended);
    }

    private void begin(List<String> imports, boolean walled) throws IOException {
        write(control, "control\n");
        String first = line(says);
        if (walled) {
            if (!first.equals("alone")) {
                throw new IOException("the parent has no user namespace: " + first);
            }
            mapUsers();
        }
        write(control, "{\"imports\":" + quoted(unasked(imports)) + "}\n");
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
        int group = ProcessTree.group(process.pid());
        map(proc.resolve("uid_map"), 0);
        map(proc.resolve("gid_map"), group);
    }

    /// Such files are written, and never created.
    private static void map(Path file, int id) throws IOException {
        byte[] line = "%d %d 1\n".formatted(id, id).getBytes(UTF_8);
        Files.write(file, line, StandardOpenOption.WRITE);
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
                    case "born" -> birth(words[1]).complete(Long.valueOf(words[2]));
                    case "unborn" ->
                            birth(words[1]).completeExceptionally(new IOException(words[2]));
                    case "threaded" -> {
                        threaded = Optional.of(words[1]);
                        ready.completeExceptionally(new IOException("it has threads"));
                    }
                    case "exit" ->
                            exit(Long.parseLong(words[1])).complete(Integer.valueOf(words[2]));
                    default -> throw new IOException("the parent says " + words[0]);
                }
            }
        } catch (IOException | RuntimeException e) {
            // It ends, or is of no use any more.
            process.kill();
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

    /// Waits until the libraries are loaded.
    ///
    /// @return what it says of itself
    /// @throws IOException where it cannot be forked from
    String awaitReady() throws IOException {
        return awaited(ready, LOADED_SECONDS_MAX);
    }

    /// The module that started a thread when it was imported: nothing is forked any more.
    Optional<String> threaded() {
        return threaded;
    }

    /// Those that were not asked for before, which now they are.
    private List<String> unasked(List<String> imports) {
        return imports.stream().filter(asked::add).toList();
    }

    private static <T> T awaited(CompletableFuture<T> future, long seconds) throws IOException {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the platform is stopping", e);
        } catch (ExecutionException e) {
            String why = Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse("");
            throw new IOException(why, e);
        } catch (TimeoutException e) {
            throw new IOException("not done within %d s".formatted(seconds), e);
        }
    }

    boolean isAlive() {
        return !process.exit().isDone();
    }

    /// Its own, without its children's; bytes.
    long memoryBytes() {
        return ProcessTree.ownBytes(process.pid());
    }

    long pid() {
        return process.pid();
    }

    /// Forks an instance, which waits for [Offspring#go]. What it imports is loaded before.
    ///
    /// @param network whether it is to have a network of its own
    Offspring fork(String id, List<String> imports, boolean network) throws IOException {
        SocketChannel log = connected();
        try {
            return forked(id, imports, network, log);
        } catch (IOException e) {
            log.close();
            throw e;
        } finally {
            births.remove(id);
        }
    }

    private Offspring forked(String id, List<String> imports, boolean network, SocketChannel log)
            throws IOException {
        SocketChannel requests = connected();
        try {
            write(log, "log " + id + "\n");
            write(
                    requests,
                    "instance %s {\"imports\":%s,\"network\":%b}\n"
                            .formatted(id, quoted(unasked(imports)), network));
            long own = awaited(birth(id), BORN_SECONDS_MAX);
            String furnished = line(Channels.newInputStream(requests));
            if (!furnished.equals("furnished")) {
                throw new IOException("the child says " + furnished);
            }
            CompletableFuture<Integer> exit = exit(own);
            var _ = exit.whenComplete((_, _) -> exits.remove(own, exit));
            return new Offspring(onMachine(own), requests, Channels.newInputStream(log), exit);
        } catch (IOException e) {
            requests.close();
            throw e;
        }
    }

    /// The number of a child as the machine counts, from the one that its parent knows.
    private long onMachine(long own) throws IOException {
        int depth = ProcessTree.numbers(process.pid()).size();
        for (long child : ProcessTree.children(process.pid())) {
            List<Long> all = ProcessTree.numbers(child);
            if (depth > 0 && all.size() >= depth && all.get(depth - 1) == own) {
                return child;
            }
        }
        throw new IOException("the child %d is not to be found".formatted(own));
    }

    private static String quoted(List<String> words) {
        var list = new StringBuilder("[");
        for (String each : words) {
            if (list.length() > 1) {
                list.append(',');
            }
            LoadCommand.quote(list, each);
        }
        return list.append(']').toString();
    }

    /// What an instance is told when it is let go.
    static String told(List<String> words, Map<String, String> environment, int threads) {
        var told = new StringBuilder("{\"threads\":" + threads);
        told.append(",\"words\":").append(quoted(words)).append(",\"environment\":{");
        String comma = "";
        for (Map.Entry<String, String> each : environment.entrySet()) {
            told.append(comma);
            LoadCommand.quote(told, each.getKey());
            told.append(':');
            LoadCommand.quote(told, each.getValue());
            comma = ",";
        }
        return told.append("}}").toString();
    }

    private static void write(SocketChannel to, String text) throws IOException {
        Channels.newOutputStream(to).write(text.getBytes(UTF_8));
    }

    @Override
    public void close() {
        try {
            control.close();
            process.hangUp();
        } catch (IOException e) {
            // It has ended.
        }
        process.kill();
    }
}
