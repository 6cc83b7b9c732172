package io.dormouse.modelserver;

import java.util.EnumMap;
import java.util.Map;

/// When each [Step] of this start was reached: nanoseconds of `System.nanoTime()`, which all
/// processes of a Linux machine share (CLOCK_MONOTONIC), so that the parent's stamps stand on the
/// same axis.
///
/// A step keeps its first stamp. Thread-safe.
public final class Steps {
    private final Map<Step, Long> at = new EnumMap<>(Step.class);

    /// Stamps the step now, unless it is stamped.
    public void reach(Step step) {
        reach(step, System.nanoTime());
    }

    synchronized void reach(Step step, long nanos) {
        at.putIfAbsent(step, nanos);
    }

    /// Forgets all: a generic warm worker's own start is no part of its tenant's.
    synchronized void clear() {
        at.clear();
    }

    /// `spawned=1,main=2`, the form of the header.
    String header() {
        StringBuilder text = new StringBuilder(160);
        write(text, "", "=");
        return text.toString();
    }

    /// `{"spawned":1,"main":2}`.
    String json() {
        StringBuilder text = new StringBuilder(200).append('{');
        write(text, "\"", "\":");
        return text.append('}').toString();
    }

    private synchronized void write(StringBuilder text, String before, String after) {
        String separator = "";
        for (Map.Entry<Step, Long> entry : at.entrySet()) {
            text.append(separator).append(before).append(entry.getKey().label()).append(after);
            text.append(entry.getValue().longValue());
            separator = ",";
        }
    }
}
