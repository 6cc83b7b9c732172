package io.dormouse.job;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// One attempt at a job, from its wait for a place to its end, on a thread of its own. Every move
/// is written before the next step is taken, so that an attempt that is cut off anywhere can be
/// made again.
final class JobRun<J extends Job<J>> {
    /// Makes a move of the job's life and tells how it is then.
    @FunctionalInterface
    interface Life<J> {
        J move(UnaryOperator<J> move);
    }

    private static final System.Logger LOG = System.getLogger(JobRun.class.getName());

    private final JobRoom room;
    private final JobKind<J> kind;
    private final String owner;
    private final Life<J> life;
    private final JobExecution execution = new JobExecution();

    /// @param owner whose place and program it is: `training-job/flights-1`
    JobRun(JobRoom room, JobKind<J> kind, String owner, Life<J> life) {
        this.room = room;
        this.kind = kind;
        this.owner = owner;
        this.life = life;
    }

    /// Asks the program to stop, or keeps it from being started.
    void stop() {
        execution.stop();
    }

    /// The platform ends: the job stays as it is, for the next life.
    void abandon() {
        execution.abandon();
    }

    void run() {
        try {
            J job = life.move(UnaryOperator.identity());
            if (job.isStopping()) {
                end(new Ending.Stopped()); // It was asked to in an earlier life.
            } else {
                attempt(job);
            }
        } catch (JobFailed e) {
            end(e.ending());
        } catch (InterruptedException e) {
            end(new Ending.Stopped());
        } catch (IOException | RuntimeException e) {
            if (!execution.isAbandoned()) {
                LOG.log(System.Logger.Level.WARNING, owner, e);
            }
            end(new Ending.Failed("InternalServerError: " + e));
        }
    }

    private void attempt(J job) throws JobFailed, IOException, InterruptedException {
        Task task = kind.task(job);
        InstanceShape shape = room.shape(job.instanceType());
        try (JobRoom.Place _ =
                        execution.await(() ->
                                room.capacity().reserve(owner, shape.memoryMb(), shape.cores()));
                JobFolder folder = JobFolder.fresh(room.folder())) {
            advance(Job::preparing);
            kind.prepare(job, folder);
            LogSink log = log(job);
            Programs.Command command = execution.await(() -> task.program().laidOut(folder, log));
            try (RoleAccess.Pass pass = pass(job, command)) {
                Map<String, String> environment = new HashMap<>(command.environment());
                environment.putAll(pass.environment());
                environment.putAll(task.environment());
                environment.put(kind.variable("NAME"), job.name());
                environment.put(kind.variable("ARN"), job.arn());
                RunSpec spec =
                        new RunSpec(
                                owner,
                                seen(command, folder),
                                folder.root(),
                                environment,
                                shape.memoryMb(),
                                shape.cores(),
                                task.timeLimit(),
                                command.readable(),
                                pass.network(),
                                command.image());
                end(runProgram(job, spec, folder, log));
            }
        }
    }

    /// Runs the program, and brings away what it leaves.
    private Ending runProgram(J job, RunSpec spec, JobFolder folder, LogSink log)
            throws JobFailed, IOException, InterruptedException {
        JobKind.Witness<J> witness = kind.witness(job);
        if (advance(Job::running).isStopping() || execution.isAbandoned()) {
            return new Ending.Stopped();
        }
        try {
            execution.begun(
                    room.launcher()
                            .run(
                                    spec,
                                    line -> {
                                        log.line(line);
                                        witness.line(line);
                                    }));
        } catch (StartFailed e) {
            throw new JobFailed("InternalServerError: " + e.getMessage(), e);
        }
        Ending ending =
                Ending.of(
                        execution.result(), spec, execution.isStopped(), witness.lastWords(folder));
        if (!execution.isAbandoned()) {
            life.move(witness.account(folder));
            kind.ended(job, folder);
            if (kind.keeps(ending)) {
                advance(Job::uploading);
                kind.upload(job, folder);
            }
        }
        return ending;
    }

    private LogSink log(J job) {
        String stream = job.name() + "/algo-1-" + now().getEpochSecond();
        return line -> room.logs().append(kind.logGroup(), stream, line);
    }

    private RoleAccess.Pass pass(J job, Programs.Command command) {
        return command.speaks() && !job.isolated()
                ? room.roles().pass(job.roleArn(), job.arn().split(":", 5)[3])
                : RoleAccess.Pass.NONE;
    }

    /// Where the program does not see its folder as `/opt/ml`, its arguments name the folder
    /// itself.
    private List<String> seen(Programs.Command command, JobFolder folder) {
        boolean there =
                command.image().isPresent()
                        || room.launcher().can().contains(Launcher.Capability.ISOLATION);
        return there
                ? command.words()
                : command.words().stream()
                        .map(word -> word.replaceFirst("^/opt/ml(?=/|$)", folder.root().toString()))
                        .toList();
    }

    /// A job that was asked to stop goes on to no other state than its end.
    private J advance(BiFunction<J, Instant, J> move) {
        return life.move(job -> job.isStopping() ? job : move.apply(job, now()));
    }

    /// One that failed while it was to stop has failed all the same.
    private void end(Ending ending) {
        if (!execution.isAbandoned()) {
            life.move(job -> {
                boolean stopped = job.isStopping() && !(ending instanceof Ending.Failed);
                return job.ended(stopped ? new Ending.Stopped() : ending, now());
            });
        }
    }

    private Instant now() {
        return room.clock().instant();
    }
}
