package io.dormouse.scaler;

import java.time.Duration;
import java.util.List;

/// The cold-start ladder: where an admitted request gets its slot from.
///
/// From the cheapest rung to the dearest: a free slot; a slot of a start under way that nobody
/// counts on; a taken slot that will be free sooner than a start takes; a generic warm worker; a
/// start from nothing; and, where no more may be started, to wait.
public final class Ladder {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private Ladder() {}

    /// What is known when a request asks.
    ///
    /// @param freeSlots of ready instances
    /// @param startingSlots of starts under way that no request counts on yet
    /// @param ahead requests that wait for a taken slot before this one
    /// @param taken for each slot that is busy, or that a start under way will have for the request
    ///   that counts on it, when it will be free: as its like took
    /// @param serviceTakes how long a request takes; zero where none was seen yet
    /// @param instances ready or being started
    /// @param instancesMax how many there may be
    /// @param warmWorkers generic instances that could be had at once
    /// @param warmTakes from a generic instance to the model's readiness
    /// @param startTakes from nothing to readiness, on a core of its own
    /// @param starting starts under way
    /// @param cores of the machine, which starts share
    /// @param waitedInVain whether the request has waited for a soon-free slot already
    public record View(
            int freeSlots,
            int startingSlots,
            int ahead,
            List<Duration> taken,
            Duration serviceTakes,
            int instances,
            int instancesMax,
            int warmWorkers,
            Duration warmTakes,
            Duration startTakes,
            int starting,
            double cores,
            boolean waitedInVain) {
        public View {
            taken = List.copyOf(taken);
        }

        /// How long another start takes beside those under way.
        private Duration anotherStartTakes() {
            double shared = Math.max(1, (starting + 1) / cores);
            return Duration.ofNanos((long) (startTakes.toNanos() * shared));
        }
    }

    /// Which rung.
    public sealed interface Rung {
        String reason();
    }

    /// A free slot of a ready instance.
    public record UseSlot(String reason) implements Rung {}

    /// A spare slot of an instance that is being started.
    public record JoinStart(String reason) implements Rung {}

    /// A taken slot that will soon be free.
    ///
    /// @param patience how long to wait for it before asking again
    public record AwaitSlot(Duration patience, String reason) implements Rung {}

    /// A generic warm worker.
    public record TakeWarm(String reason) implements Rung {}

    /// An instance from nothing.
    public record Start(String reason) implements Rung {}

    /// Whatever comes first: nothing more may be started.
    public record Await(String reason) implements Rung {}

    /// Decides.
    public static Rung decide(View view) {
        if (view.freeSlots() > 0) {
            return new UseSlot("a free slot");
        }
        if (view.startingSlots() > 0) {
            return new JoinStart("an instance is being started and has room");
        }
        if (view.instances() >= view.instancesMax()) {
            return new Await("all " + view.instancesMax() + " instances are busy or starting");
        }
        boolean warm = view.warmWorkers() > 0;
        Duration startTakes = warm ? view.warmTakes() : view.anotherStartTakes();
        Duration soonest = view.waitedInVain() ? FOREVER : soonest(view);
        if (soonest.compareTo(startTakes) < 0) {
            return new AwaitSlot(
                    startTakes,
                    "a slot is expected in "
                            + millis(soonest)
                            + ", a start takes "
                            + millis(startTakes));
        }
        String why = why(view, soonest);
        return warm ? new TakeWarm(why + "; a warm worker is there") : new Start(why);
    }

    private static String why(View view, Duration soonest) {
        if (view.instances() == 0) {
            return "no instance";
        }
        if (view.waitedInVain()) {
            return "no slot became free as expected";
        }
        return soonest.equals(FOREVER)
                ? "no free slot, and none is expected soon"
                : "no free slot, the next is expected in " + millis(soonest);
    }

    /// When this request's turn comes: those ahead take the first slots, each for as long as a
    /// request takes.
    private static Duration soonest(View view) {
        List<Duration> taken = view.taken().stream().sorted().toList();
        if (taken.isEmpty() || view.serviceTakes().isZero()) {
            return FOREVER;
        }
        Duration slot = taken.get(view.ahead() % taken.size());
        return slot.plus(view.serviceTakes().multipliedBy(view.ahead() / taken.size()));
    }

    private static String millis(Duration time) {
        return time.toMillis() + " ms";
    }
}
