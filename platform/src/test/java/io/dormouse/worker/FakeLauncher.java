package io.dormouse.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A launcher whose instances are objects of this process: they answer `<version>:<body>`, or do
/// what the test says.
public final class FakeLauncher implements Launcher {
    public final AtomicInteger starts = new AtomicInteger();
    public final AtomicInteger warmStarts = new AtomicInteger();
    public final AtomicInteger atOnceMax = new AtomicInteger();
    public final Set<FakeInstance> alive = ConcurrentHashMap.newKeySet();
    public final List<InstanceSpec> specs = new CopyOnWriteArrayList<>();

    /// A start waits for one of these, where the test wants to hold it.
    public volatile Optional<Semaphore> gate = Optional.empty();

    public volatile Optional<StartFailed> failure = Optional.empty();
    public volatile Duration startTakes = Duration.ZERO;
    public volatile boolean canWarm = true;

    /// What instances do with a request.
    public volatile Behaviour behaviour = (_, body) -> ok(new String(body.readAllBytes(), UTF_8));

    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    /// How an instance answers.
    public interface Behaviour {
        Answer answer(FakeInstance instance, InputStream body) throws Fault, IOException;
    }

    public static Answer ok(String text) {
        return answer(200, "text/csv", text);
    }

    public static Answer answer(int status, String type, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return new Answer(
                status,
                Map.of("content-type", type),
                OptionalLong.of(bytes.length),
                new ByteArrayInputStream(bytes),
                () -> {});
    }

    /// Most requests that instances had at the same time.
    public int requestsAtOnceMax() {
        return atOnceMax.get();
    }

    @Override
    public Set<Capability> can() {
        return canWarm ? EnumSet.of(Capability.WARM) : EnumSet.noneOf(Capability.class);
    }

    @Override
    public Instance start(InstanceSpec spec, Steps steps) throws StartFailed {
        starts.incrementAndGet();
        specs.add(spec);
        spec.log().line("loading");
        gate.ifPresent(Semaphore::acquireUninterruptibly);
        LockSupport.parkNanos(startTakes.toNanos());
        if (failure.isPresent()) {
            throw failure.get();
        }
        steps.ended("spawn");
        return instance(spec.owner());
    }

    @Override
    public Instance warm(WarmSpec spec) {
        warmStarts.incrementAndGet();
        return instance("");
    }

    private FakeInstance instance(String owner) {
        FakeInstance instance = new FakeInstance("i-" + ids.incrementAndGet(), owner);
        alive.add(instance);
        return instance;
    }

    @Override
    public Execution run(RunSpec spec, LogSink log) throws StartFailed {
        throw new StartFailed(StartFailed.Cause.PLATFORM, "runs no programs");
    }

    @Override
    public List<Instance> found() {
        return List.of();
    }

    @Override
    public void close() {
        alive.forEach(FakeInstance::close);
    }

    /// Its instance.
    public final class FakeInstance implements Instance {
        private final String id;
        private volatile String owner;
        private final CompletableFuture<Ending> ending = new CompletableFuture<>();
        public volatile double cores;
        public volatile long memory = 64L << 20;
        public volatile boolean loaded;

        FakeInstance(String id, String owner) {
            this.id = id;
            this.owner = owner;
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
        public void load(InstanceSpec spec, Steps steps) {
            specs.add(spec);
            owner = spec.owner();
            loaded = true;
        }

        @Override
        public Answer send(Request request, InputStream body) throws Fault {
            atOnceMax.accumulateAndGet(requests.incrementAndGet(), Math::max);
            try {
                if (ending.isDone()) {
                    throw new Fault(Fault.Kind.DIED, "it has ended");
                }
                return behaviour.answer(this, body);
            } catch (IOException e) {
                throw new Fault(Fault.Kind.CALLER_GONE, "the body broke off", e);
            } finally {
                requests.decrementAndGet();
            }
        }

        @Override
        public void limitCpu(double cores) {
            this.cores = cores;
        }

        @Override
        public long memoryBytes() {
            return memory;
        }

        @Override
        public CompletableFuture<Ending> ending() {
            return ending.copy();
        }

        /// Ends as a process does that is killed.
        public void die(String reason) {
            end(new Ending(-1, false, reason));
        }

        private void end(Ending how) {
            alive.remove(this);
            ending.complete(how);
        }

        @Override
        public void close() {
            end(new Ending(0, false, "it was ended by the platform"));
        }
    }
}
