package io.dormouse.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.scaler.Eviction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CapacityTest {
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final Capacity capacity = new Capacity(1000, 4);

    @Test
    void whatIsReservedIsTakenUntilItIsClosedOnce() throws Exception {
        Capacity.Reservation one = capacity.reserve("a", 600, 1, WAIT);
        assertEquals(600, capacity.usage().memoryMb());
        one.close();
        one.close();
        assertEquals(0, capacity.usage().memoryMb());
        capacity.reserve("a", 1000, 4, WAIT).close();
    }

    @Test
    void whatNeverFitsIsRefusedAtOnce() {
        StartFailed refused =
                assertThrows(StartFailed.class, () -> capacity.reserve("job/x", 1001, 1, WAIT));
        assertEquals(StartFailed.Cause.CAPACITY, refused.reason());
        assertEquals(
                "job/x needs 1001 MB and 1.00 cores; the machine has 1000 MB and 4.00 cores for all.",
                refused.getMessage());
        assertThrows(StartFailed.class, () -> capacity.reserve("job/x", 1, 4.5, WAIT));
    }

    @Test
    void aFullMachineSaysWhatIsFullAndWhoHoldsIt() throws Exception {
        capacity.reserve("endpoint/a/AllTraffic", 300, 1, WAIT);
        capacity.reserve("endpoint/a/AllTraffic", 300, 1, WAIT);
        capacity.reserve("training-job/t", 200, 1, WAIT);
        StartFailed memory =
                assertThrows(
                        StartFailed.class,
                        () -> capacity.reserve("b", 400, 1, Duration.ofMillis(20)));
        assertEquals(
                "No memory is left: b needs 400 MB and 1.00 cores, of 1000 MB and 4.00"
                        + " cores 200 MB and 1.00 cores are free; endpoint/a/AllTraffic holds 600"
                        + " MB; training-job/t holds 200 MB.",
                memory.getMessage());
        StartFailed cores =
                assertThrows(
                        StartFailed.class,
                        () -> capacity.reserve("b", 1, 2, Duration.ofMillis(20)));
        assertTrue(cores.getMessage().startsWith("No cores are left"), "" + cores);
    }

    @Test
    void whoWaitsGetsWhatAnotherGivesBack() throws Exception {
        Capacity.Reservation held = capacity.reserve("a", 800, 1, WAIT);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Capacity.Reservation> waiting =
                    threads.submit(() -> capacity.reserve("b", 500, 1, WAIT));
            Serving.await("it waits", capacity::isWaitedFor);
            held.close();
            assertEquals(500, waiting.get(20, TimeUnit.SECONDS).memoryMb());
        }
    }

    @Test
    void theIdleGoFirstAndNoMoreThanNeedTo() throws Exception {
        List<String> evicted = new ArrayList<>();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        List<Capacity.Reservation> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(capacity.reserve("idle" + i, 250, 0.5, WAIT));
        }
        capacity.register(
                new Capacity.Evictable() {
                    @Override
                    public List<Eviction.Candidate> idle() {
                        List<Eviction.Candidate> idle = new ArrayList<>();
                        for (int i = 0; i < 4; i++) {
                            if (!evicted.contains("i-" + i)) {
                                idle.add(
                                        new Eviction.Candidate(
                                                "idle" + i,
                                                "i-" + i,
                                                250,
                                                Duration.ofSeconds(10L * i),
                                                Duration.ofMillis(100)));
                            }
                        }
                        return idle;
                    }

                    @Override
                    public void evict(String id, String reason) {
                        evicted.add(id);
                        Capacity.Reservation its = held.get(id.charAt(2) - '0');
                        its.leaving();
                        CompletableFuture<Void> end = CompletableFuture.runAsync(its::close);
                        ends.add(end);
                    }
                });
        capacity.reserve("b", 400, 1, WAIT);
        assertEquals(List.of("i-3", "i-2"), evicted);
        ends.forEach(CompletableFuture::join);
    }

    @Test
    void itIsNeverOverdrawn() throws Exception {
        AtomicLong taken = new AtomicLong();
        AtomicLong most = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                all.add(
                        threads.submit(() -> {
                            int mb = ThreadLocalRandom.current().nextInt(1, 400);
                            try (Capacity.Reservation _ = capacity.reserve("x", mb, 0.1, WAIT)) {
                                most.accumulateAndGet(taken.addAndGet(mb), Math::max);
                                Thread.yield();
                                taken.addAndGet(-mb);
                            }
                            return null;
                        }));
            }
            for (Future<?> each : all) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
        assertTrue(most.get() <= 1000, most + " MB");
        assertEquals(0, capacity.usage().memoryMb());
    }
}
