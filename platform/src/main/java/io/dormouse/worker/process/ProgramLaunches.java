package io.dormouse.worker.process;

import io.dormouse.worker.Execution;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Network;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.LogLines;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.ProgramProcess;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/// Starts the programs of jobs, in a sandbox where there is one, and knows those that run.
final class ProgramLaunches {
    private static final int TASKS_MAX = 4096;

    private final Machine machine;
    private final ScheduledExecutorService clock;
    private final Duration stopGrace;
    private final Set<ProgramProcess> running = ConcurrentHashMap.newKeySet();

    /// @param stopGrace from SIGTERM to SIGKILL
    ProgramLaunches(Machine machine, ScheduledExecutorService clock, Duration stopGrace) {
        this.machine = machine;
        this.clock = clock;
        this.stopGrace = stopGrace;
    }

    Execution run(String id, RunSpec spec, LogSink sink) throws StartFailed {
        Optional<PlatformNetwork> network = network(spec, sink);
        Spawned process;
        try {
            process = program(spec, network.map(PlatformNetwork::path));
        } catch (StartFailed e) {
            network.ifPresent(PlatformNetwork::close);
            throw e;
        }
        var _ = process.exit().whenComplete((_, _) -> network.ifPresent(PlatformNetwork::close));
        Limit limit = machine.hold(id, process, spec.memoryMb(), TASKS_MAX);
        limit.limitCpu(spec.cores());
        LogLines log = new LogLines(process.log(), sink);
        var program = new ProgramProcess(process, log, limit, clock, spec.timeout(), stopGrace);
        running.add(program);
        var _ =
                program.result()
                        .whenComplete((_, _) -> {
                            running.remove(program);
                            machine.folder().forget(id);
                        });
        return program;
    }

    /// Ends them all.
    ///
    /// @return their endings
    List<CompletableFuture<Execution.Result>> kill() {
        List<ProgramProcess> all = List.copyOf(running);
        all.forEach(ProgramProcess::kill);
        return all.stream().map(ProgramProcess::result).toList();
    }

    /// Inside a sandbox its absence would be the program's own failure.
    private static void requireProgram(List<String> command) throws StartFailed {
        String program = command.getFirst();
        boolean outside = program.startsWith("/") && !program.startsWith("/opt/ml/");
        if (outside && !Files.isExecutable(Path.of(program))) {
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "cannot start %s: no program".formatted(program));
        }
    }

    /// One for each program that is to reach the platform, where it could not otherwise.
    private Optional<PlatformNetwork> network(RunSpec spec, LogSink log) {
        return machine.sandbox().isEmpty() ? Optional.empty() : network(spec.network(), log);
    }

    /// One for a program behind walls that is to reach the platform. Where none can be made, it has
    /// no network, and its log says so.
    static Optional<PlatformNetwork> network(Network asked, LogSink log) {
        if (!(asked instanceof Network.Platform(InetSocketAddress platform))) {
            return Optional.empty();
        }
        try {
            return Optional.of(PlatformNetwork.to(platform));
        } catch (IOException e) {
            log.line(
                    "[dormouse] this program has no network: a way to the platform alone takes root ("
                            + e.getMessage()
                            + ")");
            return Optional.empty();
        }
    }

    private Spawned program(RunSpec spec, Optional<String> network) throws StartFailed {
        Map<String, String> environment = new HashMap<>(spec.environment());
        Optional<Sandbox> sandbox = machine.sandbox();
        if (sandbox.isEmpty()) {
            environment.put("DORMOUSE_ML_ROOT", spec.root().toString());
            return machine.spawnProgram(
                    new Machine.Command(
                            spec.command(), environment, spec.root(), Spawner.Wiring.LIFELINE));
        }
        requireProgram(spec.command());
        environment.put("DORMOUSE_ML_ROOT", "/opt/ml");
        List<String> inside =
                sandbox.get()
                        .around(
                                Sandbox.setting(environment, spec.command()),
                                spec.readable(),
                                spec.root(),
                                spec.network(),
                                network);
        return machine.spawnSandbox(
                new Machine.Command(inside, environment, spec.root(), Spawner.Wiring.LIFELINE));
    }
}
