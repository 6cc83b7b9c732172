package io.dormouse.worker.instance;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Request;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// An instance that is a process, of this machine or in a container of it.
public final class WorkerProcess implements Instance {
    /// The model server's exit code for a model that it cannot load.
    private static final int UNLOADABLE = 3;

    private static final String CANNOT_LOAD = "cannot load: ";

    /// What a virtual machine says last that was told to end when its memory is full.
    private static final String HEAP_FULL = "Terminating due to java.lang.OutOfMemoryError: ";

    /// Answers from here on say that the model server failed.
    private static final int FAILED = 500;

    private static final String STEPS = "x-dormouse-steps";

    /// A rest of an answer that nobody reads any more is worth reading away up to this size; beyond
    /// it the connection is given up.
    private static final long DRAIN_BYTES_MAX = 1 << 20;

    /// How long a process whose connection broke may take to end by itself, so that its own exit
    /// code says why.
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final String id;
    private final Spawned process;
    private final Technology technology;
    private final Links links;
    private final LogLines log;
    private final Limit limit;
    private final ScheduledExecutorService clock;
    private final Duration closeGrace;
    private final Duration healthy;
    private final CompletableFuture<Ending> ending;

    /// The start whose last steps the first answer brings; nobody's after that.
    private final AtomicReference<Optional<Steps>> unstamped;

    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile String owner;
    private volatile int memoryMb;
    private volatile boolean ready;
    private volatile boolean late;
    private volatile boolean leaky;
    private volatile boolean unloadable;

    /// The parts of an instance, as the launcher put them together.
    ///
    /// @param healthy how long it may take to become ready
    /// @param closeGrace what it may still take when it was asked to end
    public record Parts(
            String id,
            Spawned process,
            Technology technology,
            Links links,
            LogLines log,
            Limit limit,
            ScheduledExecutorService clock,
            Duration healthy,
            Duration closeGrace) {}

    public WorkerProcess(Parts parts, String owner, int memoryMb, Steps steps) {
        this.id = parts.id();
        this.process = parts.process();
        this.technology = parts.technology();
        this.links = parts.links();
        this.log = parts.log();
        this.limit = parts.limit();
        this.clock = parts.clock();
        this.closeGrace = parts.closeGrace();
        this.healthy = parts.healthy();
        this.owner = owner;
        this.memoryMb = memoryMb;
        this.unstamped = new AtomicReference<>(Optional.of(steps));
        this.ending =
                process.exit().thenCompose(code -> wholeLog().thenApply(l -> ending(code, l)));
        var _ = ending.whenComplete((_, _) -> links.close());
    }

    /// Whoever still holds the log open, a process that it started, cannot hold us up.
    private CompletableFuture<String> wholeLog() {
        return log.lastLine().copy().completeOnTimeout("", 1, TimeUnit.SECONDS);
    }

    private Ending ending(int code, String lastLine) {
        boolean outOfMemory = limit.outOfMemory();
        limit.close();
        int own = code > 128 ? -1 : code;
        if (outOfMemory) {
            return new Ending(
                    own, true, "it needed more than its %d MB of memory".formatted(memoryMb));
        }
        if (lastLine.startsWith(HEAP_FULL)) {
            String kind = lastLine.substring(HEAP_FULL.length());
            return new Ending(
                    own,
                    true,
                    "its virtual machine had no more memory (%s), a part of its %d MB"
                            .formatted(kind, memoryMb));
        }
        if (code == UNLOADABLE && lastLine.startsWith(CANNOT_LOAD)) {
            unloadable = true;
            return new Ending(code, false, lastLine.substring(CANNOT_LOAD.length()));
        }
        return new Ending(own, false, reason(code));
    }

    private String reason(int code) {
        if (late) {
            return ready
                    ? "it was ended because it did not answer in time"
                    : "it was ended because it was not ready within " + healthy.toSeconds() + " s";
        }
        if (leaky) {
            return "it was ended because it had hardly any descriptors left: it leaks them";
        }
        if (closing.get() && (code == 0 || code > 128)) {
            return "it was ended by the platform";
        }
        return code > 128
                ? "it was ended by signal " + (code - 128)
                : "it ended by itself with exit code " + code;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String owner() {
        return owner;
    }

    @Override
    public void load(InstanceSpec spec, Steps steps) throws StartFailed {
        owner = spec.owner();
        memoryMb = spec.memoryMb();
        log.to(spec.log());
        limit.limitMemory(spec.memoryMb() * 1024L * 1024L);
        unstamped.set(Optional.of(steps));
        byte[] body = shown(spec);
        ready = false;
        try {
            HttpLink link = links.take();
            link.sendAhead(load(body.length), body);
            links.give(link);
            steps.ended("handover");
        } catch (LinkBroken e) {
            close();
            throw new StartFailed(
                    StartFailed.Cause.BROKEN, "the generic worker has ended: " + e.getMessage(), e);
        }
    }

    private Request load(int bytes) {
        return new Request(
                "POST",
                "/load",
                Map.of("Content-Type", "application/json"),
                OptionalLong.of(bytes),
                healthy);
    }

    private byte[] shown(InstanceSpec spec) throws StartFailed {
        try {
            return technology.show(process, spec);
        } catch (IOException e) {
            close();
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "the model cannot be shown to it: " + e, e);
        }
    }

    /// Why it ended before it was ready.
    public StartFailed startFailed() {
        return startFailed(fault(new LinkBroken(Fault.Kind.DIED, "the model server ended")));
    }

    /// What a fault before the first answer means for the model's owner.
    public static StartFailed startFailed(Fault fault) {
        StartFailed.Cause cause =
                switch (fault.kind()) {
                    case UNLOADABLE -> StartFailed.Cause.MODEL;
                    case OUT_OF_MEMORY -> StartFailed.Cause.MEMORY;
                    case TIMEOUT -> StartFailed.Cause.TIMEOUT;
                    case DIED, GARBAGE, TRUNCATED, CALLER_GONE -> StartFailed.Cause.BROKEN;
                };
        return new StartFailed(cause, fault.getMessage(), fault);
    }

    @Override
    public Answer send(Request request, InputStream body) throws Fault {
        HttpLink link = take();
        Duration first =
                ready || request.timeout().compareTo(healthy) > 0 ? request.timeout() : healthy;
        Patience patience = new Patience(clock, first, this::expire);
        Optional<Runnable> asked = ready ? Optional.empty() : Optional.of(this::isReady);
        try {
            AnswerHead head = link.exchange(request, body, patience, asked);
            boolean failed = head.status() >= FAILED;
            AnswerBody answer = new AnswerBody(head, link, patience, this::fault);
            AtomicBoolean open = new AtomicBoolean(true);
            return new Answer(
                    head.status(),
                    stamped(head.headers()),
                    head.contentLength(),
                    answer,
                    () -> {
                        if (open.getAndSet(false)) {
                            if (failed) {
                                lookForLeaks();
                            }
                            release(link, answer);
                        }
                    });
        } catch (LinkBroken e) {
            link.close();
            Fault fault = fault(e);
            giveBack(link);
            throw fault;
        } catch (RuntimeException e) {
            link.close();
            giveBack(link);
            throw e;
        }
    }

    /// It has said so, or its socket has: a request's own time begins.
    public void isReady() {
        ready = true;
    }

    /// A model server that has no descriptors left answers that it failed, and would go on so.
    private void lookForLeaks() {
        if (technology.leaks(process)) {
            leaky = true;
            close();
        }
    }

    private HttpLink take() throws Fault {
        try {
            return links.take();
        } catch (LinkBroken e) {
            throw fault(e);
        }
    }

    private void expire() {
        late = true;
        process.kill();
    }

    private void release(HttpLink link, AnswerBody body) {
        if (!body.drained(DRAIN_BYTES_MAX)) {
            link.close();
        }
        giveBack(link);
    }

    private void giveBack(HttpLink link) {
        if (!links.give(link)) {
            close();
        }
    }

    private Map<String, String> stamped(Map<String, String> headers) {
        if (!headers.containsKey(STEPS)) {
            return headers;
        }
        Map<String, String> rest = new HashMap<>(headers);
        String stamps = Objects.requireNonNullElse(rest.remove(STEPS), "");
        unstamped.getAndSet(Optional.empty()).ifPresent(steps -> WorkerSteps.stamp(stamps, steps));
        return rest;
    }

    /// Finds out why a connection broke: how the process ended says more than the connection.
    private Fault fault(LinkBroken broken) {
        if (broken.kind() == Fault.Kind.CALLER_GONE) {
            return new Fault(broken.kind(), broken.getMessage(), broken);
        }
        if (broken.kind() == Fault.Kind.GARBAGE) {
            process.kill();
        }
        Ending how = lastWords();
        if (late) {
            String what = ready ? "did not answer in time" : "was not ready in time";
            return new Fault(
                    Fault.Kind.TIMEOUT, "the model server " + what + ": " + how.reason(), broken);
        }
        if (how.outOfMemory()) {
            return new Fault(
                    Fault.Kind.OUT_OF_MEMORY, "the model server was ended: " + how.reason());
        }
        if (unloadable) {
            return new Fault(Fault.Kind.UNLOADABLE, how.reason(), broken);
        }
        String message = broken.getMessage();
        return new Fault(
                broken.kind(),
                broken.kind() == Fault.Kind.GARBAGE ? message : message + ": " + how.reason(),
                broken);
    }

    /// Waits a moment for the process to end by itself, then ends it.
    private Ending lastWords() {
        try {
            return ending.copy().get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // It lives on with a broken connection: of no more use.
        }
        closing.set(true);
        process.kill();
        return new Ending(-1, limit.outOfMemory(), "it closed its connection");
    }

    @Override
    public void limitCpu(double cores) {
        limit.limitCpu(cores);
    }

    @Override
    public long memoryBytes() {
        return limit.memoryBytes();
    }

    @Override
    public CompletableFuture<Ending> ending() {
        return ending.copy();
    }

    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        // Closing the lifeline asks it to finish what it has in hand and to end.
        links.close();
        if (!ending.isDone()) {
            var _ = clock.schedule(process::kill, closeGrace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
