package io.dormouse.worker;

import static io.dormouse.worker.Serving.PATIENCE;
import static io.dormouse.worker.Serving.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every group must do, whatever hands out its slots. A group's test makes one on a launcher
/// of its own.
public abstract class WorkerGroupConformance {
    protected final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    /// What the group's instances are made by.
    protected abstract FakeLauncher launcher();

    protected abstract WorkerGroup group(int maxConcurrency, Tuning tuning);

    @AfterEach
    void stopClients() {
        clients.shutdownNow();
    }

    protected List<Future<String>> askAll(WorkerGroup group, int times) {
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            String text = "n" + i;
            answers.add(clients.submit(() -> Serving.ask(group, text)));
        }
        return answers;
    }

    protected static void assertAllAnswered(List<Future<String>> answers) throws Exception {
        for (int i = 0; i < answers.size(); i++) {
            assertEquals("n" + i, answers.get(i).get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void aFirstRequestStartsAnInstanceAndTheNextFindsItReady() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        assertEquals(new WorkerGroup.Stats(0, 0, 0, 0, 5), group.stats());
        String first;
        try (WorkerGroup.Lease lease = group.lease(PATIENCE)) {
            first = lease.instanceId();
            assertTrue(lease.coldStart().isPresent());
            assertEquals("a", Serving.answer(lease, "a"));
            assertEquals(1, group.stats().busy());
        }
        try (WorkerGroup.Lease lease = group.lease(PATIENCE)) {
            assertEquals(first, lease.instanceId());
            assertTrue(lease.coldStart().isEmpty());
        }
        assertEquals(1, launcher().starts.get());
    }

    @Test
    void aSlotIsGivenBackOnceHoweverOftenItsLeaseIsClosed() throws Exception {
        WorkerGroup group = group(2, Serving.slots(2));
        WorkerGroup.Lease one = group.lease(PATIENCE);
        WorkerGroup.Lease two = group.lease(PATIENCE);
        one.close();
        one.close();
        WorkerGroup.Lease three = group.lease(PATIENCE);
        assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        assertEquals(2, group.stats().busy());
        two.close();
        three.close();
        assertEquals(0, group.stats().busy());
    }

    @Test
    void aboveMaxConcurrencyIsThrottledAndCounted() throws Exception {
        WorkerGroup group = group(3, Serving.slots(1));
        List<WorkerGroup.Lease> held = new ArrayList<>();
        Set<String> instances = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            held.add(group.lease(PATIENCE));
            instances.add(held.get(i).instanceId());
        }
        assertEquals(3, instances.size());
        Throttled refused = assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        assertTrue(refused.retryAfter().isEmpty());
        held.getFirst().close();
        group.lease(PATIENCE).close();
    }

    @Test
    void twoHundredFirstRequestsAreAllAnsweredByAtMostAsManyStarts() throws Exception {
        WorkerGroup group = group(200, Serving.slots(1));
        assertAllAnswered(askAll(group, 200));
        assertTrue(launcher().starts.get() <= 200, launcher().starts + " starts");
        assertTrue(group.stats().instances() <= 200);
    }

    @Test
    void firstRequestsStartNoMoreInstancesThanTheirSlotsNeed() throws Exception {
        Semaphore gate = new Semaphore(0);
        launcher().gate = Optional.of(gate);
        WorkerGroup group = group(200, Serving.slots(8));
        List<Future<String>> answers = askAll(group, 100);
        await("all wait", () -> group.stats().waiting() == 100);
        assertEquals(13, group.stats().starting());
        gate.release(1000);
        assertAllAnswered(answers);
        assertTrue(launcher().starts.get() <= 13, launcher().starts + " starts");
    }

    @Test
    void aThousandThroughTheQueueAreAllAnsweredAndNeverMoreThanMaxConcurrencyAtOnce()
            throws Exception {
        WorkerGroup group = group(20, Serving.queue(1000, Duration.ofSeconds(60)));
        assertAllAnswered(askAll(group, 1000));
        assertTrue(launcher().requestsAtOnceMax() <= 20);
        assertTrue(launcher().starts.get() <= 20, launcher().starts + " starts");
        assertEquals(0, group.stats().waiting());
    }

    @Test
    void aFullQueueSaysWhenToComeBack() throws Exception {
        WorkerGroup group = group(1, Serving.queue(2, Duration.ofSeconds(7)));
        WorkerGroup.Lease held = group.lease(PATIENCE);
        List<Future<String>> queued = askAll(group, 2);
        await("two wait", () -> group.stats().waiting() == 2);
        Throttled full = assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        assertEquals(Duration.ofSeconds(7), full.retryAfter().orElseThrow());
        held.close();
        assertAllAnswered(queued);
    }

    @Test
    void whoWaitsTooLongInTheQueueIsTold() throws Exception {
        WorkerGroup group = group(1, Serving.queue(2, Duration.ofMillis(50)));
        WorkerGroup.Lease held = group.lease(PATIENCE);
        assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        assertEquals(0, group.stats().waiting());
        held.close();
        assertEquals("x", Serving.ask(group, "x"));
    }

    @Test
    void aFailedStartReachesWhoWaitsForItAndNobodyElse() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        WorkerGroup.Lease ready = group.lease(PATIENCE);
        StartFailed broken = new StartFailed(StartFailed.Cause.MODEL, "cannot load: no model");
        launcher().failure = Optional.of(broken);
        assertSame(broken, assertThrows(StartFailed.class, () -> group.lease(PATIENCE)));
        assertEquals("fine", Serving.answer(ready, "fine"));
        ready.close();
        assertEquals("fine", Serving.ask(group, "fine"));
        assertTrue(
                group.journal().starts().stream()
                        .anyMatch(each -> each.failure().contains("no model")));
        launcher().failure = Optional.empty();
    }

    @Test
    void aRequestTakesAFreedSlotWhenThatComesBeforeItsStart() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        WorkerGroup.Lease busy = group.lease(PATIENCE);
        String instance = busy.instanceId();
        launcher().gate = Optional.of(new Semaphore(0));
        Future<String> second =
                clients.submit(() -> {
                    try (WorkerGroup.Lease lease = group.lease(PATIENCE)) {
                        return lease.instanceId();
                    }
                });
        await("its start is under way", () -> launcher().starts.get() == 2);
        busy.close();
        assertEquals(instance, second.get(20, TimeUnit.SECONDS));
        launcher().gate.get().release(10);
    }

    @Test
    void whoCanNotWaitLongerIsToldWhy() {
        WorkerGroup group = group(5, Serving.slots(1));
        Semaphore gate = new Semaphore(0);
        launcher().gate = Optional.of(gate);
        StartFailed late =
                assertThrows(StartFailed.class, () -> group.lease(Duration.ofMillis(50)));
        assertEquals(StartFailed.Cause.TIMEOUT, late.reason());
        assertEquals(0, group.stats().waiting());
        gate.release(10);
    }

    @Test
    void aDeadInstanceIsReplaced() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        assertEquals("a", Serving.ask(group, "a"));
        launcher().alive.forEach(each -> each.die("it was ended by signal 9"));
        await("it is gone", () -> group.stats().instances() == 0);
        assertEquals("b", Serving.ask(group, "b"));
        assertEquals(2, launcher().starts.get());
        assertTrue(
                group.journal().decisions().stream()
                        .anyMatch(each -> each.reason().contains("signal 9")));
    }

    @Test
    void aFaultyInstanceGetsNoFurtherRequest() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        FakeLauncher.Behaviour usual = launcher().behaviour;
        launcher().behaviour =
                (_, _) -> {
                    throw new Fault(Fault.Kind.GARBAGE, "not HTTP");
                };
        assertThrows(Fault.class, () -> Serving.ask(group, "a"));
        launcher().behaviour = usual;
        assertEquals("b", Serving.ask(group, "b"));
        assertEquals(2, launcher().starts.get());
        await("one is left", () -> group.stats().instances() == 1);
    }

    @Test
    void aCallerThatGoesAwayCostsNoInstance() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        FakeLauncher.Behaviour usual = launcher().behaviour;
        launcher().behaviour =
                (_, _) -> {
                    throw new Fault(Fault.Kind.CALLER_GONE, "the body broke off");
                };
        assertThrows(Fault.class, () -> Serving.ask(group, "a"));
        launcher().behaviour = usual;
        assertEquals("b", Serving.ask(group, "b"));
        assertEquals(1, launcher().starts.get());
    }

    @Test
    void drainingLosesNoAcceptedRequestAndTakesNoNewOne() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        WorkerGroup.Lease held = group.lease(PATIENCE);
        Semaphore gate = new Semaphore(0);
        launcher().gate = Optional.of(gate);
        Future<String> waiting = clients.submit(() -> Serving.ask(group, "late"));
        await("it waits", () -> group.stats().waiting() == 1);
        CompletableFuture<Void> drained = group.drain();
        assertThrows(GroupClosed.class, () -> group.lease(PATIENCE));
        gate.release(10);
        assertEquals("late", waiting.get(20, TimeUnit.SECONDS));
        assertFalse(drained.isDone());
        assertEquals("held", Serving.answer(held, "held"));
        held.close();
        drained.get(20, TimeUnit.SECONDS);
        assertEquals(0, group.stats().instances());
        assertTrue(launcher().alive.isEmpty());
    }

    @Test
    void closingEndsEverythingAndTellsWhoWaits() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        WorkerGroup.Lease held = group.lease(PATIENCE);
        Semaphore gate = new Semaphore(0);
        launcher().gate = Optional.of(gate);
        Future<String> waiting = clients.submit(() -> Serving.ask(group, "late"));
        await("it waits", () -> group.stats().waiting() == 1);
        group.close();
        ExecutionException told =
                assertThrows(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
        assertTrue(told.getCause() instanceof StartFailed, "" + told.getCause());
        gate.release(10);
        held.close();
        await("all ended", () -> launcher().alive.isEmpty());
        await("none counted", () -> group.stats().instances() == 0);
    }

    @Test
    void loweredBoundsHoldForTheNextRequest() throws Exception {
        WorkerGroup group = group(3, Serving.slots(1));
        WorkerGroup.Lease one = group.lease(PATIENCE);
        WorkerGroup.Lease two = group.lease(PATIENCE);
        group.bounds(0, 1);
        assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        one.close();
        assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        two.close();
        group.lease(PATIENCE).close();
        assertEquals(1, group.stats().maxConcurrency());
    }

    @Test
    void whatIsProvisionedIsReadyWhenItSaysSo() throws Exception {
        WorkerGroup group = group(5, Serving.slots(1));
        Semaphore gate = new Semaphore(0);
        launcher().gate = Optional.of(gate);
        group.bounds(2, 5);
        CompletableFuture<Void> provisioned = group.provisioned();
        await("both are being started", () -> launcher().starts.get() == 2);
        gate.release(1);
        await("one is ready", () -> group.stats().starting() == 1);
        assertFalse(provisioned.isDone());
        gate.release(1);
        provisioned.get(20, TimeUnit.SECONDS);
        assertEquals(2, group.stats().instances());
        assertEquals(0, group.stats().starting());
        try (WorkerGroup.Lease one = group.lease(PATIENCE);
                WorkerGroup.Lease two = group.lease(PATIENCE)) {
            assertTrue(one.coldStart().isEmpty() && two.coldStart().isEmpty());
        }
        assertTrue(group.provisioned().isDone(), "what is ready need not be waited for");
    }

    @Test
    void whatCannotBeProvisionedSaysWhy() {
        WorkerGroup group = group(5, Serving.slots(1));
        launcher().failure =
                Optional.of(new StartFailed(StartFailed.Cause.MODEL, "no such operator"));
        Semaphore gate = new Semaphore(0);
        launcher().gate = Optional.of(gate);
        group.bounds(1, 5);
        CompletableFuture<Void> provisioned = group.provisioned();
        gate.release(10);
        ExecutionException told =
                assertThrows(ExecutionException.class, () -> provisioned.get(20, TimeUnit.SECONDS));
        assertEquals("no such operator", Objects.requireNonNull(told.getCause()).getMessage());
    }

    @Test
    void everyStartAndDecisionHasItsReason() throws Exception {
        WorkerGroup group = group(1, Serving.slots(1));
        Serving.ask(group, "a");
        Journal.Start start = group.journal().starts().getFirst();
        assertEquals("no instance", start.cause());
        List<String> steps = start.steps().stamps().stream().map(Steps.Stamp::name).toList();
        assertEquals("queue", steps.getFirst());
        assertEquals(Steps.FIRST_INFERENCE, steps.getLast());
        WorkerGroup.Lease held = group.lease(PATIENCE);
        assertThrows(Throttled.class, () -> group.lease(PATIENCE));
        held.close();
        assertTrue(
                group.journal().decisions().stream()
                        .anyMatch(each ->
                                each.kind().equals("throttle")
                                        && each.reason().equals("MaxConcurrency 1 reached")));
    }
}
