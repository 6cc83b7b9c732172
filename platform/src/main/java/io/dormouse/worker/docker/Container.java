package io.dormouse.worker.docker;

import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A started container, as a process.
final class Container implements Spawned {
    /// Who is asked to end closes the stream that would carry requests to a process; a job reads
    /// nothing from us.
    enum Use {
        SERVES,
        RUNS
    }

    /// Before the instance's id: for people who look at what the engine runs.
    private static final String PREFIX = "dormouse-";

    /// 128 and SIGKILL: what is said of a container that was gone before it could be asked.
    private static final int KILLED = 137;

    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Engine engine;
    private final String name;
    private final String id;
    private final JsonNode inspected;
    private final Engine.Stream log;
    private final OutputStream requests;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private volatile boolean outOfMemory;

    private Container(
            Engine engine,
            String name,
            JsonNode inspected,
            Engine.Stream log,
            OutputStream requests) {
        this.engine = engine;
        this.name = name;
        this.id = inspected.path("Id").asString("");
        this.inspected = inspected;
        this.log = log;
        this.requests = requests;
    }

    /// Creates and starts one; what is left of a start that fails is removed.
    ///
    /// @param name its instance's id
    /// @throws EngineFailed with the engine's words: no such image, no such program
    static Container start(Engine engine, String name, ObjectNode body, Use use)
            throws IOException {
        JsonNode created =
                engine.post("/containers/create?name=" + PREFIX + Engine.encoded(name), body);
        String id = created.path("Id").asString("");
        try {
            engine.post("/containers/" + id + "/start");
            Engine.Stream log =
                    engine.stream(
                            "GET",
                            "/containers/" + id + "/logs?follow=true&stdout=true&stderr=true",
                            Map.of());
            return followed(engine, name, id, log, use);
        } catch (IOException | RuntimeException e) {
            remove(engine, id);
            throw e;
        }
    }

    private static Container followed(
            Engine engine, String name, String id, Engine.Stream log, Use use) throws IOException {
        JsonNode inspected;
        try {
            inspected = engine.get("/containers/" + id + "/json");
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
        Closing closing = new Closing();
        OutputStream requests = use == Use.SERVES ? closing : OutputStream.nullOutputStream();
        Container container = new Container(engine, name, inspected, log, requests);
        closing.then = container::terminate;
        Thread.ofVirtual().name("container-" + name).start(container::await);
        return container;
    }

    /// Carries nothing; closing it is the message.
    private static final class Closing extends OutputStream {
        private volatile Runnable then = () -> {};

        @Override
        public void write(int b) {}

        @Override
        public void close() {
            then.run();
        }
    }

    private void await() {
        while (!exit.isDone()) {
            String path = "/containers/" + id + "/wait";
            try (Engine.Stream end = engine.stream("POST", path, Map.of())) {
                end.readAllBytes();
            } catch (IOException e) {
                // Removed, or the engine stumbled or is gone: the state says it.
            }
            look();
            if (!exit.isDone()) {
                LockSupport.parkNanos(ASK_AGAIN_NANOS);
            }
        }
    }

    private void look() {
        try {
            JsonNode state = engine.get("/containers/" + id + "/json").path("State");
            if (!state.path("Running").asBoolean(false)) {
                outOfMemory = state.path("OOMKilled").asBoolean(false);
                exit.complete(state.path("ExitCode").asInt(KILLED));
            }
        } catch (EngineFailed e) {
            if (e.isMissing()) {
                exit.complete(KILLED);
            }
        } catch (IOException e) {
            // The engine is gone, for a moment or for good: asked again.
        }
    }

    /// The instance's id.
    String name() {
        return name;
    }

    /// The engine's.
    String id() {
        return id;
    }

    /// What the engine said of it when it had started.
    JsonNode inspected() {
        return inspected;
    }

    /// Whether it ended for its memory.
    boolean outOfMemory() {
        return outOfMemory;
    }

    /// Its first process, as this machine numbers it where it is this machine's.
    @Override
    public long pid() {
        return inspected.path("State").path("Pid").asLong(0);
    }

    @Override
    public OutputStream requests() {
        return requests;
    }

    @Override
    public InputStream answers() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream log() {
        return new LogFrames(log);
    }

    @Override
    public CompletableFuture<Integer> exit() {
        return exit.copy();
    }

    @Override
    public void hangUp() {}

    @Override
    public void terminate() {
        signal("SIGTERM");
    }

    @Override
    public void kill() {
        signal("SIGKILL");
    }

    /// Behind whoever asks: that may be the thread of all deadlines.
    private void signal(String name) {
        if (!exit.isDone()) {
            Thread.startVirtualThread(() -> {
                try {
                    engine.post("/containers/" + id + "/kill?signal=" + name);
                } catch (IOException e) {
                    // It has ended.
                }
            });
        }
    }

    /// Stops its clock: nothing in it runs until [#unpause].
    void pause() throws IOException {
        engine.post("/containers/" + id + "/pause");
    }

    void unpause() throws IOException {
        engine.post("/containers/" + id + "/unpause");
    }

    /// Ends what is left of it.
    void remove() {
        remove(engine, id);
    }

    /// The same for one whose log nobody reads.
    void discard() {
        log.close();
        remove();
    }

    /// Removes a container: what cannot be removed now, the next sweep finds by its label.
    ///
    /// @return whether it is gone
    static boolean remove(Engine engine, String id) {
        try {
            engine.delete("/containers/" + id + "?force=true&v=true");
            return true;
        } catch (EngineFailed e) {
            return e.isMissing();
        } catch (IOException e) {
            return false;
        }
    }
}
