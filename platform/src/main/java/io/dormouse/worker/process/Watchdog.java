package io.dormouse.worker.process;

import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.Spawned;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Memory limits where there are no control groups: looks at every process twenty times a second
/// and ends the one that has too much. A process that grows faster than that is noticed late, and
/// CPU is not limited at all.
final class Watchdog implements Limits {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Watchdog() {
        Thread.ofPlatform().daemon().name("memory-watchdog").start(this::watch);
    }

    private void watch() {
        while (!closed) {
            watched.forEach(Watched::look);
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    @Override
    public Limit open(String id, long memoryBytes, int tasksMax) {
        return new Watched(memoryBytes);
    }

    @Override
    public boolean byKernel() {
        return false;
    }

    @Override
    public String kind() {
        return "watchdog";
    }

    @Override
    public boolean sharesCpu() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Watched implements Limit {
        private volatile long limitBytes;
        private volatile Spawned process = Gone.INSTANCE;
        private volatile boolean outOfMemory;

        Watched(long limitBytes) {
            this.limitBytes = limitBytes;
        }

        void look() {
            if (memoryBytes() > limitBytes) {
                outOfMemory = true;
                process.kill();
            }
        }

        @Override
        public void admit(Spawned process) {
            this.process = process;
            watched.add(this);
        }

        @Override
        public void limitMemory(long bytes) {
            limitBytes = bytes;
        }

        @Override
        public void limitCpu(double cores) {
            // Said once by the launcher: without control groups there is no CPU share.
        }

        @Override
        public long memoryBytes() {
            return ProcessTree.residentBytes(process.pid());
        }

        @Override
        public boolean outOfMemory() {
            return outOfMemory;
        }

        @Override
        public void close() {
            watched.remove(this);
        }
    }
}
