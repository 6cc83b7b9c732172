package io.dormouse.functionserver;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Hands one invocation at a time from the platform to the runtime, and its result back.
///
///     idle ─ ask ─► offered ─ next ─► running ─ answer ─► answered ─► idle
final class Bridge {
    /// What begins the lines of the log that the platform reads itself.
    private static final String MARK = "\u001edormouse ";

    /// How long a runtime that is about to end is held back, so that its last word gets through.
    private static final long TOLD_MILLIS_MAX = 2000;

    private final FileOutputStream log = new FileOutputStream(FileDescriptor.err);
    private boolean ready;
    private Optional<Result> failure = Optional.empty();
    private Optional<HttpMessage> offered = Optional.empty();
    private Optional<Result> result = Optional.empty();
    private String running = "";
    private long began;
    private boolean told = true;

    /// What came of an invocation.
    ///
    /// @param error `Unhandled` where the body is an error's document
    /// @param nanos that the runtime had it
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Result(byte[] body, Optional<String> error, long nanos) {}

    // The platform's side

    /// Waits until the runtime asks for the first invocation.
    ///
    /// @return why it never will, where it has said so
    synchronized Optional<Result> awaitReady() throws InterruptedException {
        while (!ready && failure.isEmpty()) {
            wait();
        }
        return failure;
    }

    synchronized Result ask(HttpMessage event) throws InterruptedException {
        result = failure;
        offered = Optional.of(event);
        notifyAll();
        while (result.isEmpty()) {
            wait();
        }
        return result.get();
    }

    /// The platform has the last result.
    synchronized void told() {
        told = true;
        notifyAll();
    }

    // The runtime's side

    synchronized HttpMessage next() throws InterruptedException {
        ready = true;
        notifyAll();
        while (offered.isEmpty()) {
            wait();
        }
        HttpMessage event = offered.get();
        offered = Optional.empty();
        running = event.header("lambda-runtime-aws-request-id");
        mark("start");
        began = System.nanoTime();
        return event;
    }

    /// Takes the result of an invocation.
    ///
    /// @return whether it is the one under way
    synchronized boolean answer(String id, byte[] body, Optional<String> error) {
        if (!id.equals(running) || id.isEmpty()) {
            return false;
        }
        long nanos = System.nanoTime() - began;
        System.out.flush();
        mark("end");
        running = "";
        told = false;
        result = Optional.of(new Result(body, error, nanos));
        notifyAll();
        return true;
    }

    synchronized void fail(byte[] document) {
        told = false;
        failure = Optional.of(new Result(document, Optional.of("Unhandled"), 0));
        notifyAll();
    }

    /// Waits until the platform has what a runtime said that may end now.
    synchronized void awaitTold() throws InterruptedException {
        long deadline = System.currentTimeMillis() + TOLD_MILLIS_MAX;
        for (long left = TOLD_MILLIS_MAX;
                !told && left > 0;
                left = deadline - System.currentTimeMillis()) {
            wait(left);
        }
    }

    private void mark(String word) {
        try {
            log.write((MARK + word + ' ' + running + '\n').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // Nobody reads the log any more.
        }
    }
}
