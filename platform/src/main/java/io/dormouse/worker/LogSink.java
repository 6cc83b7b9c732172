package io.dormouse.worker;

/// Where the lines of an instance or a job go.
@FunctionalInterface
public interface LogSink {
    void line(String text);
}
