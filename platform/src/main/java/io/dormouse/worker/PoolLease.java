package io.dormouse.worker;

import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A slot of a pool's instance, for one invocation.
final class PoolLease implements WorkerGroup.Lease {
    /// How long a broken connection waits for the process's end to say why.
    private static final long ENDING_WAIT_MILLIS = 500;

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
                answer = first(answer);
            }
            return answer;
        } catch (Fault fault) {
            Fault told = why(fault);
            fail(told);
            throw told;
        }
    }

    /// The first answer of an instance brings its own stamps, which are not for the caller.
    private Answer first(Answer answer) {
        Map<String, String> headers = new HashMap<>(answer.headers());
        Optional<String> stamps = Optional.ofNullable(headers.remove(WorkerSteps.HEADER));
        stamps.ifPresent(each -> WorkerSteps.merge(each, member.start.steps));
        pool.answered(member, System.nanoTime());
        return new Answer(
                answer.status(), headers, answer.contentLength(), answer.body(), answer.release());
    }

    /// What the end of the process says of a connection that broke.
    private Fault why(Fault fault) {
        if (fault.kind() != Fault.Kind.DIED) {
            return fault;
        }
        try {
            Instance.Ending ending =
                    member.instance.ending().get(ENDING_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            Fault.Kind kind = ending.outOfMemory() ? Fault.Kind.OUT_OF_MEMORY : Fault.Kind.DIED;
            return new Fault(kind, ending.reason(), fault);
        } catch (TimeoutException | ExecutionException e) {
            return fault;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fault;
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
        return pool.memoryPercent(member);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pool.giveBack(this);
        }
    }
}
