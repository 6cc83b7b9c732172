package io.dormouse.worker.docker;

import io.dormouse.worker.Answer;
import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Request;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.instance.WorkerProcess;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// One life of a container as an instance: from a start, or from its awakening, to its end or to
/// its sleep.
final class ContainerInstance implements Instance {
    private final RunningContainer running;
    private final WorkerProcess process;
    private final Predicate<RunningContainer> bed;
    private final CompletableFuture<Ending> ending;

    /// @param bed puts it to sleep, where that is worth it
    ContainerInstance(RunningContainer running, Predicate<RunningContainer> bed) {
        this.running = running;
        this.process = running.process();
        this.bed = bed;
        this.ending = process.ending();
    }

    @Override
    public String id() {
        return process.id();
    }

    @Override
    public String owner() {
        return process.owner();
    }

    @Override
    public void load(InstanceSpec spec, Steps steps) throws StartFailed {
        process.load(spec, steps);
    }

    @Override
    public Answer send(Request request, InputStream body) throws Fault {
        return process.send(request, body);
    }

    @Override
    public void limitCpu(double cores) {
        process.limitCpu(cores);
    }

    @Override
    public long memoryBytes() {
        return process.memoryBytes();
    }

    @Override
    public CompletableFuture<Ending> ending() {
        return ending.copy();
    }

    @Override
    public void rest() {
        if (ending.isDone() || !bed.test(running)) {
            close();
            return;
        }
        ending.complete(new Ending(0, false, "it sleeps, paused"));
    }

    /// One that sleeps is not this instance's any more.
    @Override
    public void close() {
        if (!ending.isDone()) {
            process.close();
        }
    }
}
