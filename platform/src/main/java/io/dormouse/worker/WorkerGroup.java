package io.dormouse.worker;

import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The instances of one variant, as slots to be leased. A pool for launchers that cannot scale by
/// themselves; a platform that scales is a group of its own. Held by a conformance kit.
public interface WorkerGroup extends AutoCloseable {
    /// A slot: of a ready instance, or of one that is started for it.
    ///
    /// @param wait how long the caller can wait for the slot
    /// @throws Throttled above MaxConcurrency, or when the queue is full
    /// @throws StartFailed when an instance could not be started for it
    /// @throws GroupClosed once the group drains: another one serves by then
    Lease lease(Duration wait) throws Throttled, StartFailed;

    /// Changes the limits; what runs is not interrupted.
    ///
    /// @param min instances kept ready: provisioned concurrency over slots
    /// @param maxConcurrency invocations at once, over all instances
    void bounds(int min, int maxConcurrency);

    /// Completes when as many instances are ready as are to be kept so, and fails with
    /// [StartFailed] as soon as one of those cannot be started; it is tried again meanwhile.
    CompletableFuture<Void> provisioned();

    Stats stats();

    /// Its recent starts and decisions, with their reasons.
    Journal journal();

    /// Takes no new leases and completes when the last one is closed and every instance has ended.
    CompletableFuture<Void> drain();

    /// Ends everything now.
    @Override
    void close();

    /// What a group is doing.
    ///
    /// @param instances running
    /// @param starting of them, not ready yet
    /// @param busy slots in use
    /// @param waiting callers without a slot
    record Stats(int instances, int starting, int busy, int waiting, int maxConcurrency) {
        /// Invocations at once, as MaxConcurrency counts them: those being answered and those whose
        /// instance is being started.
        public int concurrent() {
            return Math.min(busy + waiting, maxConcurrency);
        }
    }

    /// The right to one invocation. Closing it gives the slot back, once.
    interface Lease extends AutoCloseable {
        Answer send(Request request, InputStream body) throws Fault;

        String instanceId();

        /// The start that this lease had to wait for, where it did; its last steps are stamped when
        /// the first answer is there.
        Optional<Steps> coldStart();

        /// The instance did not do what it must, found out after [#send] returned: it gets no
        /// further request and ends.
        void fail(Fault fault);

        /// Memory that the instance uses, percent of its limit. Asks the kernel: not for the path
        /// of a request.
        double memoryPercent();

        @Override
        void close();
    }
}
