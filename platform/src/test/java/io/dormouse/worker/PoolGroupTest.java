package io.dormouse.worker;

import static io.dormouse.worker.Serving.PATIENCE;
import static io.dormouse.worker.Serving.ask;
import static io.dormouse.worker.Serving.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The pool, by the kit for groups and by what it alone does: idling, provisioning, the machine's
/// limits, warm workers.
class PoolGroupTest extends WorkerGroupConformance {
    private final Serving serving = new Serving();

    @Override
    protected FakeLauncher launcher() {
        return serving.launcher;
    }

    @Override
    protected WorkerGroup group(int maxConcurrency, Tuning tuning) {
        return serving.pools.create(Serving.spec(maxConcurrency, tuning));
    }

    private static Tuning idle(Duration keep) {
        return new Tuning(1, Optional.of(keep), 0, Duration.ofSeconds(10));
    }

    @Test
    void goesToZeroWhenIdleAndComesBack() throws Exception {
        WorkerGroup group = group(5, idle(Duration.ofSeconds(300)));
        ask(group, "a");
        serving.time.pass(Duration.ofSeconds(299));
        assertEquals(1, group.stats().instances());
        serving.time.pass(Duration.ofSeconds(1));
        await("none is left", () -> group.stats().instances() == 0);
        assertTrue(serving.launcher.alive.isEmpty());
        assertEquals(0, serving.capacity.usage().memoryMb());
        assertEquals("b", ask(group, "b"));
        assertTrue(
                group.journal().decisions().stream()
                        .anyMatch(each ->
                                each.kind().equals("stop")
                                        && each.reason().contains("as it is set")));
    }

    @Test
    void aRequestMeanwhileBeginsTheIdleTimeAnew() throws Exception {
        WorkerGroup group = group(5, idle(Duration.ofSeconds(300)));
        ask(group, "a");
        serving.time.pass(Duration.ofSeconds(200));
        ask(group, "b");
        serving.time.pass(Duration.ofSeconds(299));
        assertEquals(1, group.stats().instances());
        serving.time.pass(Duration.ofSeconds(1));
        await("none is left", () -> group.stats().instances() == 0);
        assertEquals(1, serving.launcher.starts.get());
    }

    @Test
    void aBusyInstanceIsNeverIdle() throws Exception {
        WorkerGroup group = group(5, idle(Duration.ofSeconds(1)));
        WorkerGroup.Lease held = group.lease(PATIENCE);
        serving.time.pass(Duration.ofHours(1));
        assertEquals("a", Serving.answer(held, "a"));
        held.close();
        serving.time.pass(Duration.ofSeconds(1));
        await("none is left", () -> group.stats().instances() == 0);
    }

    @Test
    void surplusInstancesGoFirst() throws Exception {
        WorkerGroup group = group(5, idle(Duration.ofSeconds(100)));
        List<WorkerGroup.Lease> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            held.add(group.lease(PATIENCE));
        }
        held.forEach(WorkerGroup.Lease::close);
        for (int i = 0; i < 11; i++) {
            serving.time.pass(Duration.ofSeconds(10));
            ask(group, "a");
        }
        await("one is left", () -> group.stats().instances() == 1);
        assertEquals(3, serving.launcher.starts.get());
    }

    @Test
    void aRegularRequestIsAwaitedByAnInstanceStartedAhead() throws Exception {
        WorkerGroup group = group(5, Tuning.DEFAULT);
        for (int i = 0; i < 30; i++) {
            ask(group, "a");
            serving.time.pass(Duration.ofMinutes(30));
            await("started if it is to be", () -> group.stats().starting() == 0);
        }
        int starts = serving.launcher.starts.get();
        assertTrue(
                group.journal().decisions().stream()
                        .anyMatch(each -> each.reason().equals("a request is expected")));
        try (WorkerGroup.Lease lease = group.lease(PATIENCE)) {
            assertTrue(lease.coldStart().isEmpty(), "the request found no instance");
        }
        assertEquals(starts, serving.launcher.starts.get());
        serving.time.pass(Duration.ofMinutes(10));
        await("asleep in between", () -> group.stats().instances() == 0);
    }

    @Test
    void provisionedInstancesAreThereBeforeTheFirstRequestAndStay() throws Exception {
        WorkerGroup group = serving.pools.create(Serving.spec("churn", 5, 2, Tuning.DEFAULT));
        await("two are ready", () -> group.stats().instances() == 2);
        await("two are ready", () -> group.stats().starting() == 0);
        try (WorkerGroup.Lease lease = group.lease(PATIENCE)) {
            assertTrue(lease.coldStart().isEmpty());
        }
        serving.time.pass(Duration.ofDays(1));
        assertEquals(2, group.stats().instances());
        serving.launcher.alive.iterator().next().die("killed");
        await(
                "replaced",
                () -> {
                    serving.time.pass(Duration.ofSeconds(1));
                    return serving.launcher.starts.get() == 3;
                });
        await("ready", () -> group.stats().starting() == 0);
        group.bounds(0, 5);
        serving.time.pass(Duration.ofDays(1));
        await("all gone", () -> group.stats().instances() == 0);
    }

    @Test
    void aFullMachineServesTwoHundredFirstRequestsWithWhatItHas() throws Exception {
        Serving small = new Serving(1000, 4, 0, (_, _, _) -> {});
        WorkerGroup group = small.pools.create(Serving.spec(200, Serving.slots(1)));
        assertAllAnswered(askAll(group, 200));
        assertTrue(small.launcher.alive.size() <= 10, small.launcher.alive.size() + " instances");
        assertTrue(small.capacity.usage().memoryMb() <= 1000);
    }

    @Test
    void anIdleInstanceOfAnotherEndpointMakesRoom() throws Exception {
        Serving small = new Serving(100, 4, 0, (_, _, _) -> {});
        WorkerGroup one = small.pools.create(Serving.spec("one", 5, 0, Serving.slots(1)));
        WorkerGroup two = small.pools.create(Serving.spec("two", 5, 0, Serving.slots(1)));
        assertEquals("a", ask(one, "a"));
        assertEquals("b", ask(two, "b"));
        assertEquals("c", ask(one, "c"));
        assertEquals(1, small.launcher.alive.size());
        assertTrue(
                one.journal().decisions().stream()
                        .anyMatch(each ->
                                each.kind().equals("evict")
                                        && each.reason().startsWith("room for endpoint/two")));
    }

    @Test
    void whatDoesNotFitIsToldWhatIsFull() throws Exception {
        Serving small = new Serving(100, 4, 0, (_, _, _) -> {});
        WorkerGroup one = small.pools.create(Serving.spec("one", 5, 0, Serving.slots(1)));
        WorkerGroup two = small.pools.create(Serving.spec("two", 5, 0, Serving.slots(1)));
        WorkerGroup.Lease held = one.lease(PATIENCE);
        StartFailed full = assertThrows(StartFailed.class, () -> two.lease(Duration.ofSeconds(4)));
        assertEquals(StartFailed.Cause.CAPACITY, full.reason());
        assertTrue(
                full.getMessage().contains("endpoint/one/AllTraffic holds 100 MB"),
                full.getMessage());
        held.close();
        assertEquals("b", ask(two, "b"));
    }

    @Test
    void aWarmWorkerTakesTheModelAndIsReplacedInTheBackground() throws Exception {
        Serving warm = new Serving(1 << 20, 4, 1, (_, _, _) -> {});
        warm.warm.fill();
        warm.time.pass(Duration.ZERO);
        await("one is ready", () -> warm.warm.ready() == 1);
        WorkerGroup group = warm.pools.create(Serving.spec(5, Serving.slots(1)));
        assertEquals("a", ask(group, "a"));
        assertEquals(0, warm.launcher.starts.get());
        assertEquals("warm", group.journal().starts().getFirst().origin());
        assertEquals(0, warm.warm.ready());
        warm.time.pass(Duration.ofSeconds(2));
        await("another is ready", () -> warm.warm.ready() == 1);
        assertEquals(2, warm.launcher.warmStarts.get());
    }

    @Test
    void anInstanceHasItsCpuShareOnceItIsReady() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        ask(group, "a");
        FakeLauncher.FakeInstance instance = serving.launcher.alive.iterator().next();
        await("limited", () -> instance.cores > 0);
        assertEquals(2048 / 1769.0, instance.cores, 1e-9);
    }

    @Test
    void linesWrittenBeforeTheInstanceHasItsNameAreKept() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        WorkerGroup group = logged(lines);
        ask(group, "a");
        assertEquals("/aws/sagemaker/Endpoints/churn|AllTraffic/i-1|loading", lines.getFirst());
    }

    @Test
    void theLogOfAnInstanceSaysWhatThePlatformDidWithItAndWhy() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        WorkerGroup group = logged(lines);
        ask(group, "a");
        String stream = "/aws/sagemaker/Endpoints/churn|AllTraffic/i-1|[dormouse] ";
        await("three lines", () -> lines.size() == 3);
        assertTrue(lines.get(1).startsWith(stream + "started from nothing: "), lines.get(1));
        assertTrue(
                lines.get(2).matches(Pattern.quote(stream) + "first answer after [0-9.]+ ms, .*"),
                lines.get(2));
        group.drain().get(20, TimeUnit.SECONDS);
        assertEquals(stream + "stop: i-1: the group drains", lines.getLast());
    }

    private static WorkerGroup logged(List<String> lines) {
        Serving logged =
                new Serving(
                        1 << 20,
                        4,
                        0,
                        (logs, stream, line) -> lines.add(logs + "|" + stream + "|" + line));
        return logged.pools.create(Serving.spec(5, Serving.slots(1)));
    }

    @Test
    void aShortRequestIsAwaitedRatherThanAStart() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        for (int i = 0; i < 20; i++) {
            ask(group, "a");
        }
        List<Future<String>> two = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            two.addAll(askAll(group, 2));
            for (Future<String> each : two) {
                each.get(20, TimeUnit.SECONDS);
            }
        }
        assertTrue(serving.launcher.starts.get() <= 2, serving.launcher.starts + " starts");
    }

    @Test
    void aBurstOfShortRequestsStartsAsManyAsTheCoresDoAtOnce() throws Exception {
        WorkerGroup group = group(50, idle(Duration.ofSeconds(300)));
        for (int i = 0; i < 20; i++) {
            ask(group, "a");
        }
        serving.time.pass(Duration.ofSeconds(300));
        await("none is left", () -> group.stats().instances() == 0);
        serving.launcher.starts.set(0);
        Semaphore gate = new Semaphore(0);
        serving.launcher.gate = Optional.of(gate);
        List<Future<String>> burst = askAll(group, 50);
        await("all wait", () -> group.stats().waiting() == 50);
        gate.release(50);
        for (Future<String> each : burst) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertTrue(serving.launcher.starts.get() <= 2, serving.launcher.starts + " starts");
    }

    @Test
    void sleepingEndpointsSetNoAlarms() {
        for (int i = 0; i < 1000; i++) {
            serving.pools.create(Serving.spec("e" + i, 5, 0, Tuning.DEFAULT));
        }
        assertEquals(0, serving.time.alarms());
    }
}
