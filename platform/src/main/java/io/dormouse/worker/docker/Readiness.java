package io.dormouse.worker.docker;

import io.dormouse.worker.Fault;
import io.dormouse.worker.Request;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.instance.AnswerBody;
import io.dormouse.worker.instance.AnswerHead;
import io.dormouse.worker.instance.HttpLink;
import io.dormouse.worker.instance.LinkBroken;
import io.dormouse.worker.instance.Links;
import io.dormouse.worker.instance.Patience;
import io.dormouse.worker.instance.WorkerProcess;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Asks a container for `/ping` until it says 200, as SageMaker does.
final class Readiness {
    private static final Request PING =
            new Request("GET", "/ping", Map.of(), OptionalLong.of(0), Duration.ofSeconds(2));

    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int BODY_BYTES_MAX = 64 * 1024;

    private final WorkerProcess process;
    private final Links.Socket links;
    private final ScheduledExecutorService clock;
    private final Duration healthy;
    private String last = "nothing listens on port " + Door.PORT;

    Readiness(
            WorkerProcess process,
            Links.Socket links,
            ScheduledExecutorService clock,
            Duration healthy) {
        this.process = process;
        this.links = links;
        this.clock = clock;
        this.healthy = healthy;
    }

    /// Returns when it is ready. One that does not become so is ended.
    ///
    /// @throws StartFailed with how it ended, or what it said last
    void await(Steps steps) throws StartFailed {
        long deadline = System.nanoTime() + healthy.toNanos();
        long pause = PAUSE_NANOS_MIN;
        boolean listened = false;
        while (true) {
            try {
                HttpLink link = links.connect();
                if (!listened) {
                    listened = true;
                    steps.ended("socket");
                }
                if (ping(link)) {
                    steps.ended("ping");
                    process.isReady();
                    return;
                }
            } catch (LinkBroken e) {
                // It does not listen yet, or has ended.
            }
            if (process.ending().isDone()) {
                throw process.startFailed();
            }
            if (System.nanoTime() > deadline) {
                process.close();
                throw new StartFailed(
                        StartFailed.Cause.TIMEOUT,
                        "the container was not ready within %d s: %s"
                                .formatted(healthy.toSeconds(), last));
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(PAUSE_NANOS_MAX, pause * 5 / 4);
        }
    }

    private boolean ping(HttpLink link) {
        Patience patience = new Patience(clock, PING.timeout(), link::close);
        try {
            AnswerHead head =
                    link.exchange(PING, InputStream.nullInputStream(), patience, Optional.empty());
            last = "/ping was answered " + head.status();
            AnswerBody body =
                    new AnswerBody(head, link, patience, e -> new Fault(e.kind(), e.getMessage()));
            if (head.status() == 200 && body.drained(BODY_BYTES_MAX)) {
                links.give(link);
                return true;
            }
        } catch (LinkBroken e) {
            last = "/ping was not answered";
        }
        link.close();
        return false;
    }
}
