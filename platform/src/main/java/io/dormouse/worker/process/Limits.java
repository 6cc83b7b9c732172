package io.dormouse.worker.process;

import java.io.IOException;

/// What holds instances and programs in their limits: a control group of the kernel, or a watchdog.
interface Limits extends AutoCloseable {
    /// Opens the limits of one instance.
    ///
    /// @param id the instance's, a name for a folder
    /// @param memoryBytes anonymous and mapped memory, together
    /// @param tasksMax processes and threads
    /// @throws IOException when they cannot be had
    Limit open(String id, long memoryBytes, int tasksMax) throws IOException;

    /// Whether the kernel holds them.
    boolean byKernel();

    /// What they are, in a few words.
    String kind();

    /// Whether the share of CPU can be limited.
    boolean sharesCpu();

    @Override
    void close();

    /// The limits of one instance.
    interface Limit extends AutoCloseable {
        /// Puts a process, and all that it starts from now on, under these limits.
        ///
        /// @throws IOException when it could not be put there and is still alive
        void admit(Spawned process) throws IOException;

        void limitMemory(long bytes);

        /// Limits the share of the machine.
        ///
        /// @param cores such as 0.58
        void limitCpu(double cores);

        /// Memory in use now, anonymous and mapped, bytes.
        long memoryBytes();

        /// Whether a process was ended for its memory.
        boolean outOfMemory();

        /// Ends what is left inside.
        @Override
        void close();
    }
}
