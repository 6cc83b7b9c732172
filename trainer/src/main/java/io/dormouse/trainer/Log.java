package io.dormouse.trainer;

import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The job's log, which the platform puts into CloudWatch.
///
/// @param out the process's standard output
/// @param clock for the time in front of what is said
record Log(PrintStream out, InstantSource clock) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd:HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /// A sentence with its time in front, as AWS's container writes it.
    void info(String sentence) {
        line("[" + TIME.format(clock.instant()) + ":INFO] " + sentence);
    }

    void error(String sentence) {
        line("[" + TIME.format(clock.instant()) + ":ERROR] " + sentence);
    }

    /// A line as it is.
    void line(String line) {
        out.println(line);
        out.flush();
    }
}
