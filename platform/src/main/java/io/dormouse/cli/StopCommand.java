package io.dormouse.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "stop",
        description = "Stop the platform of a data folder. Requests under way are answered first.",
        footer = {"", "Example:", "  ./dormouse stop"})
public final class StopCommand implements Callable<Integer> {
    private static final long WAIT_SECONDS = 90;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Console console = options.console();
        Optional<ProcessHandle> process =
                RunningPlatform.of(options.data()).flatMap(RunningPlatform::process);
        if (process.isEmpty()) {
            console.say("No platform runs on " + options.data());
            return 0;
        }
        process.get().destroy();
        try {
            process.get().onExit().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Failed(
                    "Process "
                            + process.get().pid()
                            + " is still finishing after "
                            + WAIT_SECONDS
                            + " s; end it with kill -9: nothing that was acknowledged is lost",
                    e);
        }
        console.say("Stopped");
        return 0;
    }
}
