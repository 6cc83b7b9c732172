package io.dormouse.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The log of an instance whose id is known only once it runs: its first lines are held until then,
/// since AWS names the stream after the instance.
final class InstanceLog implements LogSink {
    private static final int HELD_LINES_MAX = 1000;

    private final Function<String, LogSink> streams;
    private final List<String> held = new ArrayList<>();
    private Optional<LogSink> stream = Optional.empty();

    /// @param streams the stream of an instance, by its id
    InstanceLog(Function<String, LogSink> streams) {
        this.streams = streams;
    }

    @Override
    public void line(String text) {
        Optional<LogSink> open;
        synchronized (this) {
            open = stream;
            if (open.isEmpty() && held.size() < HELD_LINES_MAX) {
                held.add(text);
            }
        }
        open.ifPresent(sink -> sink.line(text));
    }

    /// The instance is known, or will never be.
    synchronized void named(String id) {
        if (stream.isEmpty()) {
            LogSink sink = streams.apply(id);
            held.forEach(sink::line);
            held.clear();
            stream = Optional.of(sink);
        }
    }
}
