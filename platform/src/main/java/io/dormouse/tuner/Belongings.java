package io.dormouse.tuner;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/// What a sweep has made and must take away again. A thing is noted before it is asked for, so that
/// none is forgotten when the answer does not arrive; closing waits for the one that is being made,
/// and lets none be made after.
final class Belongings implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// AWS refuses to delete an endpoint that is being made or updated, which takes it minutes.
    private static final Duration ENOUGH = Duration.ofMinutes(15);

    private record Thing(String kind, String name) {
        /// The line that deletes it by hand.
        String line() {
            return "aws sagemaker delete-%s --%s-name %s".formatted(kind, kind, name);
        }
    }

    private final SageMakerClient sageMaker;
    private final Duration enough;
    private final Deque<Thing> things = new ArrayDeque<>();
    private boolean closed;

    Belongings(SageMakerClient sageMaker) {
        this(sageMaker, ENOUGH);
    }

    /// @param enough how long a deletion is tried
    Belongings(SageMakerClient sageMaker, Duration enough) {
        this.sageMaker = sageMaker;
        this.enough = enough;
    }

    void config(String name, Runnable create) {
        make(new Thing("endpoint-config", name), create);
    }

    void endpoint(String name, Runnable create) {
        make(new Thing("endpoint", name), create);
    }

    private synchronized void make(Thing thing, Runnable create) {
        if (closed) {
            throw new TuneFailed("Interrupted: nothing more is made.");
        }
        things.push(thing);
        create.run();
    }

    /// Takes away what is there, the newest first.
    ///
    /// @return a line for each thing that could not be deleted, with the reason
    synchronized List<String> remove() {
        List<String> left = new ArrayList<>();
        Deque<Thing> kept = new ArrayDeque<>();
        while (!things.isEmpty()) {
            Thing thing = things.pop();
            String reason = delete(thing);
            if (!reason.isEmpty()) {
                left.add("%s   # %s".formatted(thing.line(), reason));
                kept.addLast(thing);
            }
        }
        things.addAll(kept);
        return left;
    }

    /// As [#remove], and nothing is made any more.
    synchronized List<String> end() {
        closed = true;
        boolean _ = Thread.interrupted(); // or nothing could be waited for
        return remove();
    }

    @Override
    public void close() {
        List<String> _ = end();
    }

    /// @return why it could not be, or nothing
    private String delete(Thing thing) {
        long begin = System.nanoTime();
        String reason = "";
        do {
            try {
                if (thing.kind().equals("endpoint")) {
                    sageMaker.deleteEndpoint(r -> r.endpointName(thing.name()));
                    untilGone(thing.name(), begin);
                } else {
                    sageMaker.deleteEndpointConfig(r -> r.endpointConfigName(thing.name()));
                }
                return "";
            } catch (SageMakerException e) {
                if (Waiting.isMissing(e)) {
                    return "";
                }
                reason = Waiting.sentence(e);
                if (!Waiting.isBusy(e)) {
                    return reason;
                }
            } catch (SdkException | TuneFailed e) {
                return String.valueOf(e.getMessage());
            }
        } while (Waiting.paused(PAUSE) && System.nanoTime() - begin < enough.toNanos());
        return reason;
    }

    private void untilGone(String name, long begin) {
        while (System.nanoTime() - begin < enough.toNanos()) {
            // Ends by the exception that says that it is missing.
            var _ = sageMaker.describeEndpoint(r -> r.endpointName(name));
            if (!Waiting.paused(PAUSE)) {
                throw new TuneFailed("Interrupted while it was being deleted");
            }
        }
        throw new TuneFailed("It is still being deleted after " + enough.toSeconds() + " s");
    }
}
