package io.dormouse.scaler;

import java.time.Duration;
import java.util.List;

/// The cold-start ladder: where an admitted request gets its slot from.
///
/// From the cheapest rung to the dearest: a free slot; a slot of a start under way that nobody
/// counts on; a busy slot that will be free sooner than a start takes; a generic warm worker; a
/// start from nothing; and, where no more may be started, to wait.
public final class Ladder {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private Ladder() {}

    /// What is known when a request asks.
    ///
    /// @param freeSlots of ready instances
    /// @param startingSlots of starts under way that no request counts on yet
    /// @param ahead requests that wait for a busy slot before this one
    /// @param busy for each busy slot how long its request still takes, as its like took; negative
    ///   where it is overdue and nothing can be said
    /// @param serviceTakes how long a request takes; zero where none was seen yet
    /// @param instances ready or being started
    /// @param instancesMax how many there may be
    /// @param warmWorkers generic instances that could be had at once
    /// @param warmTakes from a generic instance to the model's readiness
    /// @param startTakes from nothing to readiness
    /// @param waitedInVain whether the request has waited for a soon-free slot already
    public record View(
            int freeSlots,
            int startingSlots,
            int ahead,
            List<Duration> busy,
            Duration serviceTakes,
            int instances,
            int instancesMax,
            int warmWorkers,
            Duration warmTakes,
            Duration startTakes,
            boolean waitedInVain) {
        public View {
            busy = List.copyOf(busy);
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

    /// A busy slot that will soon be free.
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
        Duration startTakes = warm ? view.warmTakes() : view.startTakes();
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
        List<Duration> known =
                view.busy().stream().filter(each -> !each.isNegative()).sorted().toList();
        if (known.isEmpty() || view.serviceTakes().isZero()) {
            return FOREVER;
        }
        Duration slot = known.get(view.ahead() % known.size());
        return slot.plus(view.serviceTakes().multipliedBy(view.ahead() / known.size()));
    }

    private static String millis(Duration time) {
        return time.toMillis() + " ms";
    }
}
