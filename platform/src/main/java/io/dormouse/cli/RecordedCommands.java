package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.CommandLine;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Runs the commands against an ephemeral platform, a process of its own: what the launcher records
/// the start-up cache of commands from. That some of them fail is their way to be short.
///
/// @param line the commands
record RecordedCommands(Supplier<CommandLine> line) implements Command {
    /// Begins with a dot: no word for users.
    static final String WORD = ".record-commands";

    @Override
    public Syntax syntax() {
        return new Syntax(
                WORD,
                "Run the commands, for their start-up cache.",
                Optional.empty(),
                List.of(),
                List.of());
    }

    @Override
    public int run(Arguments arguments, Console console) throws IOException {
        Path data = Files.createTempDirectory("dormouse-record").toRealPath();
        Path model = Files.writeString(data.resolve("recorded.onnx"), "no model");
        RunningPlatform platform =
                new DetachedStart(data, List.of("--ephemeral", "--port", "0", "--warm-pool", "0"))
                        .start();
        try {
            for (List<String> words :
                    List.of(
                            List.of("--help"),
                            List.of("status"),
                            List.of("env"),
                            List.of("endpoints"),
                            List.of("deploy", model.toString()),
                            List.of("endpoints"),
                            List.of("endpoints", "--json"),
                            List.of("invoke", "recorded", "--body", "1"),
                            List.of("why", "recorded"),
                            List.of("logs", "recorded"),
                            List.of("artifacts"),
                            List.of("delete", "recorded"),
                            List.of("deploy"))) {
                CommandLine commands = line.get();
                commands.execute(console, on(words, platform));
            }
        } finally {
            line.get().execute(console, "stop", "--data", data.toString());
            Files.deleteIfExists(model);
            Files.deleteIfExists(data.resolve("platform.log"));
            Files.deleteIfExists(data);
        }
        return 0;
    }

    private static String[] on(List<String> words, RunningPlatform platform) {
        return words.getFirst().startsWith("-")
                ? words.toArray(String[]::new)
                : Stream.concat(
                                words.stream(),
                                Stream.of("--endpoint-url", platform.endpoint().toString()))
                        .toArray(String[]::new);
    }
}
