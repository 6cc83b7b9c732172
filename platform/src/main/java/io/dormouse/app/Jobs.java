package io.dormouse.app;

import io.dormouse.artifact.Folders;
import io.dormouse.job.JobRoom;
import io.dormouse.job.ProcessingJobs;
import io.dormouse.job.Programs;
import io.dormouse.job.Scripts;
import io.dormouse.job.TrainingJobs;
import io.dormouse.metrics.LogWriter;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import software.amazon.awssdk.services.s3.S3Client;

/// Training and processing jobs, with their places asked of the capacity ledger.
record Jobs(TrainingJobs training, ProcessingJobs processing) implements AutoCloseable {
    /// Cores are a share, not a piece: a job that computes leaves endpoints theirs.
    private static final double CORES_OVERCOMMIT = 16;

    private static final System.Logger LOG = System.getLogger("dormouse.job");
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    Jobs(
            Settings settings,
            Store store,
            Tags tags,
            InstantSource clock,
            S3Client objects,
            Workers workers,
            RoleAccess roles,
            LogWriter logs,
            Meters meters) {
        this(
                new JobRoom(
                        store,
                        tags,
                        objects,
                        workers.launcher(),
                        (owner, memoryMb, cores) ->
                                reserve(workers.capacity(), owner, memoryMb, cores),
                        new Programs(
                                Path.of(System.getProperty("java.home")),
                                settings.programs().resolve("trainer.jar"),
                                new Scripts(workers.environments(), objects),
                                workers.images()),
                        roles,
                        logs,
                        meters,
                        clock,
                        folder(settings),
                        // Half of what there is, so that a job never keeps every endpoint asleep.
                        new JobRoom.Machine(
                                workers.machine().cores(), workers.machine().memoryMb() / 2)));
    }

    /// Where running jobs have their folders.
    static Path folder(Settings settings) {
        return settings.data().resolve("jobs");
    }

    private Jobs(JobRoom room) {
        this(new TrainingJobs(room), new ProcessingJobs(room));
    }

    /// A job waits for its place as long as it takes: AWS queues it too.
    private static JobRoom.Place reserve(
            Capacity capacity, String owner, int memoryMb, double cores)
            throws InterruptedException {
        while (true) {
            try {
                return capacity.reserve(owner, memoryMb, cores / CORES_OVERCOMMIT, LOOK_AGAIN)
                        ::close;
            } catch (StartFailed full) {
                LOG.log(System.Logger.Level.INFO, full.getMessage() + " It waits.");
            }
        }
    }

    /// Takes up what an earlier life was ended in; what its programs left on disk goes.
    ///
    /// @param folder where jobs have theirs
    void resume(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot empty " + folder, e);
        }
        training.resume();
        processing.resume();
    }

    @Override
    public void close() {
        training.close();
        processing.close();
    }
}
