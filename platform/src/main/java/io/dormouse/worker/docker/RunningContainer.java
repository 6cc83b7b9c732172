package io.dormouse.worker.docker;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.instance.Links;
import io.dormouse.worker.instance.LogLines;
import io.dormouse.worker.instance.WorkerProcess;
import java.io.IOException;
import java.time.Duration;

/// A container that serves, through all its lives as an instance: between them it sleeps.
///
/// @param links to its port
/// @param startTook from its creation to its first `/ping` that said 200
record RunningContainer(
        WorkerProcess process,
        Container container,
        Links.Socket links,
        LogLines log,
        Duration startTook) {
    String id() {
        return process.id();
    }

    /// Stops its clock. Its connections would be closed from inside as soon as it wakes, so they go
    /// before.
    void sleep() throws IOException {
        links.rest();
        container.pause();
    }

    /// Lets it go on, with its log for somebody else.
    void wake(LogSink sink) throws IOException {
        container.unpause();
        log.to(sink);
    }

    /// Ends it at once, asleep or not.
    void end() {
        container.remove();
    }
}
