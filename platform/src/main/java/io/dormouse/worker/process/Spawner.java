package io.dormouse.worker.process;

import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Starts a process that inherits nothing but the descriptors named here.
interface Spawner {
    /// What the descriptors of the child are.
    enum Wiring {
        /// 0 takes requests, 1 gives answers, 2 is the log.
        EXCHANGE,
        /// 0 is the lifeline and carries nothing, 1 and 2 are the log.
        LIFELINE
    }

    /// Starts it.
    ///
    /// @param environment all of it: nothing is inherited
    /// @throws IOException when the program cannot be started
    Spawned spawn(
            List<String> command, Map<String, String> environment, Path directory, Wiring wiring)
            throws IOException;

    /// Whether descriptor 0 of an exchange is a socket for both ways, and 1 is the log like 2.
    default boolean oneSocket() {
        return false;
    }
}
