package io.dormouse.worker.instance;

import io.dormouse.worker.LogSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/// Reads a process's log to its end and hands it on line by line. Never stops reading: a process
/// whose log nobody reads comes to a halt.
public final class LogLines {
    /// A longer line is handed on in parts.
    private static final int LINE_BYTES_MAX = 16 * 1024;

    private final CompletableFuture<String> lastLine = new CompletableFuture<>();
    private final byte[] line = new byte[LINE_BYTES_MAX];
    private int length;
    private volatile LogSink sink;
    private String last = "";

    public LogLines(InputStream log, LogSink sink) {
        this.sink = sink;
        Thread.ofVirtual().name("log").start(() -> read(log));
    }

    /// What comes from now on goes elsewhere.
    public void to(LogSink sink) {
        this.sink = sink;
    }

    /// Completes with the last line when the log is whole.
    public CompletableFuture<String> lastLine() {
        return lastLine;
    }

    private void read(InputStream log) {
        byte[] piece = new byte[LINE_BYTES_MAX];
        try (log) {
            for (int n = log.read(piece); n >= 0; n = log.read(piece)) {
                for (int i = 0; i < n; i++) {
                    take(piece[i]);
                }
            }
        } catch (IOException e) {
            // A log that breaks off has ended.
        }
        if (length > 0) {
            emit();
        }
        lastLine.complete(last);
    }

    private void take(byte one) {
        if (one == '\n') {
            emit();
            return;
        }
        line[length++] = one;
        if (length == line.length) {
            emit();
        }
    }

    private void emit() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        last = new String(line, 0, end, StandardCharsets.UTF_8);
        length = 0;
        try {
            sink.line(last);
        } catch (RuntimeException e) {
            // Whoever takes the lines must not be able to halt the process that writes them.
        }
    }
}
