package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import java.time.Duration;
import java.util.Locale;

/// A job's status as it changes, and a pause before it is asked for again.
final class Progress {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Console console;
    private final long begin = System.nanoTime();
    private String last = "";

    Progress(Console console) {
        this.console = console;
    }

    void show(String status) {
        if (!status.equals(last)) {
            console.progress(String.format(Locale.ROOT, "   %6.1f s  %s", seconds(), status));
            last = status;
        }
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("Interrupted while waiting for a job", e);
        }
    }

    String took() {
        return String.format(Locale.ROOT, " (%.1f s)", seconds());
    }

    private double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }
}
