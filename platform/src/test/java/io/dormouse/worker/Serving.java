package io.dormouse.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.metrics.LogWriter;
import io.dormouse.timing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// What tests of serving share: a machine with a fake launcher, and requests.
public final class Serving {
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    public final ManualTime time = new ManualTime();
    public final FakeLauncher launcher = new FakeLauncher();
    public final Capacity capacity;
    public final WarmPool warm;
    public final Pools pools;

    public Serving() {
        this(1 << 20, 1000, 0, LogWriter.NONE);
    }

    public Serving(long memoryMb, int startsAtOnce, int warmWorkers, LogWriter logs) {
        capacity = new Capacity(memoryMb, 1000);
        warm = new WarmPool(launcher, capacity, time, time, new WarmSpec(64), warmWorkers);
        PoolSettings settings =
                new PoolSettings(2, 16, 0.25, 100, startsAtOnce, PATIENCE, PATIENCE);
        pools = new Pools(launcher, capacity, warm, time, time, logs, settings);
    }

    public static PreparedModel model(PreparedModel.Kind kind) {
        return new PreparedModel(kind, Path.of("model"), Optional.empty(), 0, "dormouse/onnx");
    }

    public static GroupSpec spec(int maxConcurrency, Tuning tuning) {
        return spec("churn", maxConcurrency, 0, tuning);
    }

    public static GroupSpec spec(
            String endpoint, int maxConcurrency, int provisioned, Tuning tuning) {
        return new GroupSpec(
                endpoint,
                "AllTraffic",
                model(PreparedModel.Kind.ONNX),
                2048,
                maxConcurrency,
                provisioned,
                Map.of("STAGE", "test"),
                tuning);
    }

    public static Tuning slots(int slots) {
        return new Tuning(slots, Optional.of(Duration.ofMinutes(5)), 0, Duration.ofSeconds(10));
    }

    public static Tuning queue(int max, Duration wait) {
        return new Tuning(1, Optional.of(Duration.ofMinutes(5)), max, wait);
    }

    /// One whole invocation.
    public static String ask(WorkerGroup group, String text)
            throws Throttled, StartFailed, Fault, IOException {
        try (WorkerGroup.Lease lease = group.lease(PATIENCE)) {
            return answer(lease, text);
        }
    }

    public static String answer(WorkerGroup.Lease lease, String text) throws Fault, IOException {
        byte[] body = text.getBytes(UTF_8);
        Request request =
                new Request(
                        "POST",
                        "/invocations",
                        Map.of(),
                        OptionalLong.of(body.length),
                        Duration.ofSeconds(60));
        try (Answer answer = lease.send(request, new ByteArrayInputStream(body))) {
            return new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "never happened: " + what);
            Thread.onSpinWait();
        }
    }
}
