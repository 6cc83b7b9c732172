package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

record DemoCommand() implements Command {
    private static final Option<Path> EXAMPLE =
            Option.path(
                    "--example",
                    "DIR",
                    "where the example's files are (default: examples/flights of this checkout)");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "demo",
                "The whole story on real flights: data, features, training, registry, approval, an"
                        + " endpoint that wakes from zero and goes back to it. Starts a platform, or"
                        + " uses the one that runs.",
                Optional.empty(),
                CommonOptions.and(EXAMPLE),
                List.of("./dormouse demo -v"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        Path files = arguments.find(EXAMPLE).orElseGet(DemoCommand::checkout);
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
