package io.dormouse.worker;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/// A running instance. Its owner gives it at most as many requests at once as it has slots.
public interface Instance extends AutoCloseable {
    /// Unique on this machine, as AWS's log streams name it.
    String id();

    /// Whose it is, as its spec said; empty while it is generic.
    String owner();

    /// Gives a generic instance its model. It loads while the first request is on its way, whose
    /// fault it is where the model cannot be loaded, as after a start from nothing.
    ///
    /// @throws StartFailed when the instance cannot be told; it is then of no use
    void load(InstanceSpec spec, Steps steps) throws StartFailed;

    /// Sends a request and returns when the head of its answer is there. The answer's body is read
    /// from the instance as its reader asks; closing the answer gives the connection back.
    ///
    /// @throws Fault when the instance died, hung, or answered nonsense
    Answer send(Request request, InputStream body) throws Fault;

    /// The share of CPU from now on: applied when the instance is ready, since a start is not
    /// throttled.
    void limitCpu(double cores);

    /// Memory in use now, by the one formula (anonymous plus mapped), bytes.
    long memoryBytes();

    /// Completes when the process has ended, with how.
    CompletableFuture<Ending> ending();

    /// Ends it because nobody has asked it for a while. Where its launcher can pause instances and
    /// that is undone faster than a start takes, it may sleep on, for the next start of the same
    /// spec, and this instance has ended all the same.
    default void rest() {
        close();
    }

    /// Ends it: politely, then by force. Never throws, and may be called twice.
    @Override
    void close();

    /// How an instance ended.
    ///
    /// @param code its exit code; -1 where it was killed
    /// @param outOfMemory whether its memory limit ended it
    /// @param reason a sentence for the owner of the model
    record Ending(int code, boolean outOfMemory, String reason) {}
}
