package io.dormouse.worker;

import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A slot of a pool's instance, for one invocation.
final class PoolLease implements WorkerGroup.Lease {
    final Member member;
    final long since = System.nanoTime();

    private final PoolGroup pool;
    private final Optional<Steps> coldStart;

    /// What makes the slot impossible to give back twice.
    private final AtomicBoolean closed = new AtomicBoolean();

    private volatile boolean failed;

    PoolLease(PoolGroup pool, Member member, Optional<Steps> coldStart) {
        this.pool = pool;
        this.member = member;
        this.coldStart = coldStart;
    }

    @Override
    public Answer send(Request request, InputStream body) throws Fault {
        try {
            Answer answer = member.instance.send(request, body);
            if (member.start.answers()) {
                pool.answered(member, System.nanoTime());
            }
            return answer;
        } catch (Fault fault) {
            fail(fault);
            throw fault;
        }
    }

    @Override
    public String instanceId() {
        return member.instance.id();
    }

    @Override
    public Optional<Steps> coldStart() {
        return coldStart;
    }

    @Override
    public void fail(Fault fault) {
        if (fault.kind() != Fault.Kind.CALLER_GONE) {
            failed = true;
            pool.broke(member, fault);
        }
    }

    boolean failed() {
        return failed;
    }

    @Override
    public double memoryPercent() {
        return pool.footprint.memoryPercent(member.instance);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pool.giveBack(this);
        }
    }
}
