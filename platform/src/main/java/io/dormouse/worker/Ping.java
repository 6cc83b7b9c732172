package io.dormouse.worker;

import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/// Asks an instance that no request waits for whether it is ready, so that whoever finds it does
/// not wait for what it has still to load.
final class Ping {
    private Ping() {}

    /// Returns when it is ready, and ends it where it does not become so.
    ///
    /// @throws StartFailed with what it said, or how it ended
    static void await(Instance instance, Duration healthy) throws StartFailed {
        Request ping = new Request("GET", "/ping", Map.of(), OptionalLong.of(0), healthy);
        try (Answer answer = instance.send(ping, InputStream.nullInputStream())) {
            if (answer.status() != 200) {
                throw new StartFailed(
                        StartFailed.Cause.MODEL, "/ping was answered " + answer.status() + ".");
            }
        } catch (Fault e) {
            instance.close();
            throw new StartFailed(cause(e.kind()), String.valueOf(e.getMessage()), e);
        } catch (StartFailed e) {
            instance.close();
            throw e;
        }
    }

    private static StartFailed.Cause cause(Fault.Kind kind) {
        return switch (kind) {
            case UNLOADABLE -> StartFailed.Cause.MODEL;
            case OUT_OF_MEMORY -> StartFailed.Cause.MEMORY;
            case TIMEOUT -> StartFailed.Cause.TIMEOUT;
            case DIED, GARBAGE, TRUNCATED, CALLER_GONE -> StartFailed.Cause.BROKEN;
        };
    }
}
