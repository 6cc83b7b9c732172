package io.dormouse.job;

import io.dormouse.metrics.LogWriter;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.RoleAccess;
import java.nio.file.Path;
import java.time.InstantSource;
import software.amazon.awssdk.services.s3.S3Client;

/// What every job needs of the platform.
///
/// @param roles lets programs speak to the platform
/// @param folder where running jobs have their folders; emptied as they end
/// @param machine cores and memory that one job can have at most
public record JobRoom(
        Store store,
        Tags tags,
        S3Client s3,
        Launcher launcher,
        JobCapacity capacity,
        Programs programs,
        RoleAccess roles,
        LogWriter logs,
        Meters meters,
        InstantSource clock,
        Path folder,
        Machine machine) {
    /// What one job can have at most.
    public record Machine(int cores, int memoryMb) {}

    /// A job's place on the machine.
    @FunctionalInterface
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// Places on the machine, asked of the capacity ledger.
    @FunctionalInterface
    public interface JobCapacity {
        /// Waits for the place; closing gives it back.
        ///
        /// @throws InterruptedException when the job is stopped while it waits
        Place reserve(String owner, int memoryMb, double cores) throws InterruptedException;
    }

    InstanceShape shape(String instanceType) {
        return InstanceShape.of(instanceType).within(machine.cores(), machine.memoryMb());
    }
}
