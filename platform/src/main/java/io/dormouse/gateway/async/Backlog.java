package io.dormouse.gateway.async;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// The accepted requests of one endpoint that wait, oldest first, and how many are under way.
final class Backlog {
    /// @param id of the request
    record Waiting(String id, Instant since) {}

    /// What it looks like now.
    ///
    /// @param oldest when the request that has waited longest came
    record Size(int waiting, int running, Optional<Instant> oldest) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int running;

    /// Adds one, unless as many wait already: then false.
    ///
    /// @return false where there are as many already
    synchronized boolean add(Waiting request, int waitingMax) {
        return waiting.size() < waitingMax && waiting.add(request);
    }

    /// Puts one back to the head that could not be served yet.
    synchronized void again(Waiting request) {
        running--;
        waiting.addFirst(request);
    }

    /// The next one to serve, where fewer than that are under way.
    synchronized Optional<Waiting> next(int runningMax) {
        if (running >= runningMax || waiting.isEmpty()) {
            return Optional.empty();
        }
        running++;
        return Optional.of(waiting.removeFirst());
    }

    /// One that was under way has its outcome.
    synchronized void done() {
        running--;
    }

    /// Takes one out that waits.
    ///
    /// @return false where it does not wait
    synchronized boolean remove(String id) {
        return waiting.removeIf(each -> each.id().equals(id));
    }

    synchronized Size size() {
        return new Size(
                waiting.size(), running, Optional.ofNullable(waiting.peek()).map(Waiting::since));
    }
}
