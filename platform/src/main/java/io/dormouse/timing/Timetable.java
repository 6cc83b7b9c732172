package io.dormouse.timing;

import java.time.Instant;
import java.util.Optional;

/// A schedule between two times.
///
/// @param start the first time that it may be; empty for any
/// @param end the last time that it may be; empty for ever
public record Timetable(Schedule schedule, Optional<Instant> start, Optional<Instant> end) {
    /// The first time after `after`.
    public Optional<Instant> next(Instant after) {
        Instant from =
                start.filter(after::isBefore).map(first -> first.minusMillis(1)).orElse(after);
        return schedule.next(from).filter(at -> end.isEmpty() || !at.isAfter(end.get()));
    }

    /// The last time up to `now` and after `done`: of several that were missed, such as while the
    /// platform did not run, only the last one matters.
    public Optional<Instant> due(Instant done, Instant now) {
        Optional<Instant> last = Optional.empty();
        Optional<Instant> each = next(done);
        while (each.isPresent() && !each.get().isAfter(now)) {
            last = each;
            each = next(each.get());
        }
        return last;
    }
}
