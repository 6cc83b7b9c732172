package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

record StopCommand() implements Command {
    private static final long WAIT_SECONDS = 90;

    @Override
    public Syntax syntax() {
        return new Syntax(
                "stop",
                "Stop the platform of a data folder. Requests under way are answered first; returns"
                        + " when it has ended.",
                Optional.empty(),
                CommonOptions.and(),
                List.of("./dormouse stop"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws InterruptedException, ExecutionException {
        CommonOptions options = new CommonOptions(arguments, console);
        Optional<ProcessHandle> process =
                RunningPlatform.of(options.data()).flatMap(RunningPlatform::process);
        process.ifPresent(ProcessHandle::destroy);
        if (process.isPresent()) {
            await(process.get());
        }
        if (options.json()) {
            console.say("{\"stopped\":" + process.isPresent() + "}");
        } else {
            console.say(process.isPresent() ? "Stopped" : "No platform runs on " + options.data());
        }
        return 0;
    }

    private static void await(ProcessHandle process)
            throws InterruptedException, ExecutionException {
        try {
            process.onExit().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Failed(
                    "Process "
                            + process.pid()
                            + " is still finishing after "
                            + WAIT_SECONDS
                            + " s; end it with kill -9: nothing that was acknowledged is lost",
                    e);
        }
    }
}
