package io.dormouse.modelserver;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model server of one worker: start reading here.
///
/// `docs/container-contract.md` says how it is started and what it answers. The transport for one
/// slot is the pair of pipes that Java's process builder makes: measured, it starts as fast as a
/// socket inherited as descriptor 0 (87 ms of CPU both, against 133 for a socket that the worker
/// binds) and carries a small request in 24 instead of 30 µs
/// (`docs/decisions/0002-how-a-worker-starts.md`).
public final class Main {
    /// The model can't be loaded; the last line of standard error says why.
    static final int UNLOADABLE = 3;

    private static final int WRONG_USE = 2;
    private static final int WARM_UP_CALLS = 20;

    private final Arguments arguments;
    private final Steps steps;
    private final ModelServer server;

    private Main(Arguments arguments, Steps steps) {
        this.arguments = arguments;
        this.steps = steps;
        this.server = new ModelServer(steps, arguments.slots(), arguments.threads());
    }

    public static void main(String[] words) throws IOException {
        Steps steps = new Steps();
        steps.reach(Step.MAIN);
        Arguments arguments;
        try {
            arguments = Arguments.parse(words);
        } catch (IllegalArgumentException e) {
            System.err.println("modelserver: " + e.getMessage());
            System.exit(WRONG_USE);
            return;
        }
        if (arguments.spawned().isPresent()) {
            steps.reach(Step.SPAWNED, arguments.spawned().get());
        }
        System.exit(new Main(arguments, steps).run());
    }

    private int run() throws IOException {
        // Descriptor 1 may carry HTTP: whatever a library prints is log.
        System.setOut(System.err);
        try {
            if (arguments.load().isPresent()) {
                Load load = arguments.load().get();
                server.load(
                        load.with(Kinds.readsVariables(load.kind()) ? System.getenv() : Map.of()));
            } else {
                warmUp(arguments.warm().orElseThrow());
            }
        } catch (Unloadable e) {
            System.err.println("cannot load: " + e.getMessage());
            return UNLOADABLE;
        }
        if (arguments.transport() == Arguments.Transport.LISTEN) {
            SocketTransport.run(arguments, steps, server);
        } else {
            pair();
        }
        return server.failed() ? UNLOADABLE : 0;
    }

    /// One connection on descriptors that the parent made: no channel, no class of
    /// `java.nio.channels`.
    private void pair() throws IOException {
        FileDescriptor answers =
                arguments.transport() == Arguments.Transport.STDIO
                        ? FileDescriptor.out
                        : FileDescriptor.in;
        try (InputStream in = new FileInputStream(FileDescriptor.in);
                OutputStream out = new FileOutputStream(answers)) {
            steps.reach(Step.SOCKET);
            new HttpConnection(in, out, server, arguments.payloadMax()).serve();
        }
    }

    /// Goes the way of real starts and real invocations with tiny models, so that the tenant's
    /// finds its classes initialised and its code compiled.
    private void warmUp(File folder) throws IOException, Unloadable {
        boolean prepared = new File(folder, Prepared.FILE).isFile();
        rehearse(
                new Load(
                        "onnx",
                        folder,
                        prepared ? Optional.of(folder) : Optional.empty(),
                        Map.of()));
        for (String form : List.of("json", "ubj")) {
            File trees = new File(folder, "xgboost-" + form);
            if (trees.isDirectory()) {
                rehearse(new Load("xgboost", trees, Optional.empty(), System.getenv()));
                if (new File(trees, Prepared.FILE).isFile()) {
                    rehearse(new Load("xgboost", trees, Optional.of(trees), Map.of()));
                }
            }
        }
    }

    /// All the tiny models take rows of four numbers.
    private void rehearse(Load load) throws IOException, Unloadable {
        ModelServer rehearsal = new ModelServer(new Steps(), 1, arguments.threads());
        rehearsal.load(load);
        String csv = "1,2,3,4\n";
        String json = "{\"instances\":[[1,2.5,-3e0,4]]}";
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < WARM_UP_CALLS; i++) {
            boolean plain = i % 2 == 0;
            requests.append("POST /invocations HTTP/1.1\r\nContent-Type: ")
                    .append(plain ? "text/csv" : "application/json")
                    .append("\r\nContent-Length: ")
                    .append(plain ? csv.length() : json.length())
                    .append("\r\n\r\n")
                    .append(plain ? csv : json);
        }
        byte[] bytes = requests.toString().getBytes(StandardCharsets.US_ASCII);
        new HttpConnection(
                        new ByteArrayInputStream(bytes),
                        OutputStream.nullOutputStream(),
                        rehearsal,
                        Arguments.PAYLOAD_MAX)
                .serve();
        rehearsal.close();
    }
}
