package io.dormouse.cli;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "The whole story on real flights: data, features, training, registry, approval, an endpoint that"
                    + " wakes from zero and goes back to it. Starts a platform, or uses the one that runs."
        },
        footer = {"", "Example:", "  ./dormouse demo -v"})
public final class DemoCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = "--example",
            paramLabel = "DIR",
            description =
                    "where the example's files are (default: examples/flights of this checkout)")
    private Optional<Path> example = Optional.empty();

    @Override
    public Integer call() {
        Console console = options.console();
        Path files = example.orElseGet(DemoCommand::checkout);
        if (!Files.isRegularFile(files.resolve("flights.csv.gz"))) {
            throw new Failed(
                    "There is no flights.csv.gz in "
                            + files
                            + ": run the demo in a checkout of Dormouse, or name its examples/flights"
                            + " with --example");
        }
        URI endpoint = options.endpoint();
        if (RunningPlatform.answers(endpoint)) {
            console.say("A platform answers at " + endpoint + ": using it");
        } else {
            console.progress("Starting a platform on " + options.data());
            RunningPlatform started = new DetachedStart(options.data(), List.of()).start();
            endpoint = started.endpoint();
            console.say("Started a platform at " + endpoint + " (./dormouse stop ends it)");
        }
        try (FlightsDemo demo = new FlightsDemo(options.clients(endpoint), console, files)) {
            demo.run();
        }
        return 0;
    }

    private static Path checkout() {
        String launcher = System.getenv("DORMOUSE_LAUNCHER");
        Path root =
                launcher == null
                        ? Path.of("")
                        : Optional.ofNullable(Path.of(launcher).getParent()).orElse(Path.of(""));
        return root.resolve("examples/flights").toAbsolutePath();
    }
}
