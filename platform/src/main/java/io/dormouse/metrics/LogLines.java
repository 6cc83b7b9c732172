package io.dormouse.metrics;

import io.dormouse.metrics.LogEvents.Line;
import io.dormouse.metrics.LogTables.Group;
import io.dormouse.metrics.LogTables.Stream;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// The lines of instances and jobs: gathered in memory, kept by [#flush].
final class LogLines implements LogWriter {
    /// A longer line is cut, as CloudWatch's agent does: 256 KB with what is counted for an event.
    static final int LINE_BYTES_MAX = 256 * 1024 - LogEvents.EVENT_BYTES;

    /// Where an instance writes faster than the disk for long, lines are dropped rather than memory
    /// filled or the instance held up.
    private static final long PENDING_CHARS_MAX = 32L * 1024 * 1024;

    private static final int LINES_AT_ONCE = 2000;

    private record Pending(String group, String stream, Line line) {}

    private record Place(String group, String stream) {}

    private final Store store;
    private final InstantSource clock;
    private final LogMeters meters;
    private final ConcurrentLinkedQueue<Pending> pending = new ConcurrentLinkedQueue<>();
    private final AtomicLong pendingChars = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    LogLines(Store store, InstantSource clock, LogMeters meters) {
        this.store = store;
        this.clock = clock;
        this.meters = meters;
    }

    @Override
    public void append(String group, String stream, String line) {
        if (line.isEmpty()) {
            return; // CloudWatch Logs has no empty events
        }
        String cut = cut(line);
        if (pendingChars.addAndGet(cut.length()) > PENDING_CHARS_MAX) {
            pendingChars.addAndGet(-cut.length());
            dropped.incrementAndGet();
            return;
        }
        pending.add(new Pending(group, stream, new Line(clock.instant(), cut)));
    }

    static String cut(String line) {
        if (line.length() <= LINE_BYTES_MAX / 3) {
            return line; // three bytes a char at most
        }
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= LINE_BYTES_MAX) {
            return line;
        }
        int end = LINE_BYTES_MAX;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--; // not within a character
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /// Keeps what was appended before the call. One at a time, so that a reader that flushes first
    /// sees what another flush is just writing.
    synchronized void flush() {
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            System.getLogger(LogLines.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "{0} log lines were dropped: they came faster than the disk takes them",
                            lost);
        }
        List<Pending> batch = take();
        while (!batch.isEmpty()) {
            Map<Place, List<Line>> places = new LinkedHashMap<>();
            batch.forEach(each ->
                    places.computeIfAbsent(
                                    new Place(each.group(), each.stream()), _ -> new ArrayList<>())
                            .add(each.line()));
            store.write(tx -> {
                places.forEach((place, lines) -> append(tx, place, lines));
                return places.size();
            });
            batch = batch.size() == LINES_AT_ONCE ? take() : List.of();
        }
    }

    private List<Pending> take() {
        List<Pending> batch = new ArrayList<>();
        while (batch.size() < LINES_AT_ONCE) {
            Pending next = pending.poll();
            if (next == null) {
                break;
            }
            pendingChars.addAndGet(-next.line().message().length());
            batch.add(next);
        }
        return batch;
    }

    private void append(Tx tx, Place place, List<Line> lines) {
        var now = clock.instant();
        LogTables.insertGroup(tx, place.group(), "STANDARD", now);
        Group group = LogTables.group(tx, place.group()).orElseThrow();
        LogTables.insertStream(tx, group, place.stream(), now);
        Stream stream = LogTables.stream(tx, group, place.stream()).orElseThrow();
        LogEvents.append(tx, group, stream, lines, now);
        meters.measure(tx, group, lines);
    }
}
