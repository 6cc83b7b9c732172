package io.dormouse.worker.instance;

import java.io.IOException;

/// The limits of one instance or program, of whatever they are made.
public interface Limit extends AutoCloseable {
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
