package io.dormouse.function;

import io.dormouse.worker.LogSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The log stream of one instance, with Lambda's lines around each invocation.
///
/// Lines and answers come on two connections. So that a line is told to the invocation that wrote
/// it, the bridge in the instance marks in the log itself where one begins and ends.
final class FunctionLog implements LogSink {
    private static final String MARK = "\u001edormouse ";
    private static final String START = MARK + "start ";
    private static final String END = MARK + "end ";

    /// What the platform itself says, which is no part of an invocation.
    private static final String PLATFORM = "[dormouse] ";

    private static final int TAIL_BYTES_MAX = 4096;

    /// Past that the mark of an end is not coming: the instance is gone, or does not keep to it.
    private static final long END_MILLIS_MAX = 500;

    private final LogSink stream;
    private final String version;
    private Optional<Run> current = Optional.empty();
    private double peakMb;

    /// @param stream takes the lines
    FunctionLog(LogSink stream, String version) {
        this.stream = stream;
        this.version = version;
    }

    /// One invocation's part of the log.
    final class Run {
        private final String id;
        private final Deque<String> tail = new ArrayDeque<>();
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private int tailBytes;
        private boolean started;

        private Run(String id) {
            this.id = id;
        }

        private void write(String text) {
            stream.line(text);
            tail.addLast(text);
            tailBytes += text.length() + 1;
            while (tailBytes - tail.getFirst().length() - 1 >= TAIL_BYTES_MAX) {
                tailBytes -= tail.removeFirst().length() + 1;
            }
        }

        private void start() {
            if (!started) {
                started = true;
                write("START RequestId: " + id + " Version: " + version);
            }
        }

        /// The invocation is over: what it wrote is there, and is followed by these lines.
        ///
        /// @param answered whether the handler came to its end
        void end(boolean answered, List<String> last) {
            if (answered) {
                ended.completeOnTimeout(false, END_MILLIS_MAX, TimeUnit.MILLISECONDS).join();
            }
            synchronized (FunctionLog.this) {
                start();
                last.forEach(this::write);
                current = Optional.empty();
            }
        }

        /// The last 4 KB, as `X-Amz-Log-Result` has them.
        String tail() {
            byte[] all;
            synchronized (FunctionLog.this) {
                all = (String.join("\n", tail) + "\n").getBytes(StandardCharsets.UTF_8);
            }
            int from = Math.max(0, all.length - TAIL_BYTES_MAX);
            return Base64.getEncoder()
                    .encodeToString(java.util.Arrays.copyOfRange(all, from, all.length));
        }
    }

    /// An invocation is about to be sent.
    synchronized Run run(String id) {
        Run run = new Run(id);
        current = Optional.of(run);
        return run;
    }

    /// A mark may follow what a handler wrote without ending the line.
    @Override
    public synchronized void line(String text) {
        int mark = text.indexOf(MARK);
        if (mark > 0) {
            line(text.substring(0, mark));
            line(text.substring(mark));
        } else if (text.startsWith(START)) {
            current.filter(run -> text.endsWith(run.id)).ifPresent(Run::start);
        } else if (text.startsWith(END)) {
            current.filter(run -> text.endsWith(run.id)).ifPresent(run -> run.ended.complete(true));
        } else if (current.isPresent() && !text.startsWith(PLATFORM)) {
            current.get().write(text);
        } else {
            stream.line(text);
        }
    }

    /// The most memory that was seen so far, MB.
    synchronized double peakMb(double nowMb) {
        peakMb = Math.max(peakMb, nowMb);
        return peakMb;
    }
}
