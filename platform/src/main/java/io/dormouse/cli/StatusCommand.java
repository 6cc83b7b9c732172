package io.dormouse.cli;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description =
                "Say whether a platform runs. Exit code 0 where one answers, 1 where none does.",
        footer = {"", "Example:", "  ./dormouse status --json"})
public final class StatusCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Override
    public Integer call() {
        URI endpoint = options.endpoint();
        Optional<RunningPlatform> platform = RunningPlatform.of(options.data());
        boolean answers = RunningPlatform.answers(endpoint);
        Console console = options.console();
        if (options.json()) {
            console.say(
                    "{\"running\":%s,\"endpoint\":\"%s\",\"pid\":%d}"
                            .formatted(
                                    answers,
                                    endpoint,
                                    platform.map(RunningPlatform::pid).orElse(-1L)));
        } else if (answers) {
            console.say(
                    "A platform answers at "
                            + endpoint
                            + platform.map(StatusCommand::since).orElse(""));
        } else {
            console.say(
                    "No platform answers at "
                            + endpoint
                            + ". Start one: ./dormouse start --detach");
        }
        return answers ? 0 : 1;
    }

    private static String since(RunningPlatform platform) {
        Duration up =
                Duration.between(Instant.ofEpochMilli(platform.startedMillis()), Instant.now());
        return " (process " + platform.pid() + ", up " + up.toSeconds() + " s)";
    }
}
