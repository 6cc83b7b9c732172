package io.dormouse.worker.process;

/// What holds instances and programs in their limits: a control group of the kernel, or a watchdog.
interface Limits extends AutoCloseable {
    /// Opens the limits of one instance.
    ///
    /// @param id the instance's, a name for a folder
    /// @param memoryBytes anonymous and mapped memory, together
    Limit open(String id, long memoryBytes);

    /// Whether the kernel holds them.
    boolean byKernel();

    @Override
    void close();

    /// The limits of one instance.
    interface Limit extends AutoCloseable {
        /// Puts a process, and all that it starts from now on, under these limits.
        void admit(Spawned process);

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
