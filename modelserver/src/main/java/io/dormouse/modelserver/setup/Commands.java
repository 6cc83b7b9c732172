package io.dormouse.modelserver.setup;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Tools that this machine may have or not.
final class Commands {
    private Commands() {}

    /// Runs one, its output unread.
    ///
    /// @return whether it is there and ended well within the time
    static boolean succeeds(List<String> command, int patienceSeconds) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            boolean ended = process.waitFor(patienceSeconds, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
