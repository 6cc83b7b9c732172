package io.dormouse.worker.process;

import io.dormouse.worker.instance.Limit;
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
}
