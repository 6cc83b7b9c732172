package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.CommandLine;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a platform is started with, by the words of the command line.
class StartOptionsTest {
    @TempDir private Path data;

    /// Takes the settings and starts nothing.
    private record Probe(Path data, List<Settings> taken) implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax("start", "Probe.", Optional.empty(), StartOptions.all(), List.of());
        }

        @Override
        public int run(Arguments arguments, Console console) {
            taken.add(StartOptions.settings(arguments, data));
            return StartOptions.handedOn(arguments).contains("--strict") ? 10 : 0;
        }
    }

    @Test
    void strictTakesPayloadsAsLargeAsServerlessEndpointsDo() {
        List<Settings> taken = new ArrayList<>();
        assertEquals(0, start(taken));
        assertEquals(10, start(taken, "--strict"), "handed on to the process that stays");
        assertEquals(6_291_456, taken.get(0).payloadBytesMax());
        assertEquals(4_194_304, taken.get(1).payloadBytesMax());
    }

    private int start(List<Settings> taken, String... words) {
        List<String> all = new ArrayList<>(List.of("start"));
        all.addAll(List.of(words));
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return new CommandLine(
                        "./dormouse",
                        "",
                        "",
                        Map.of("start", () -> new Probe(data, taken)),
                        (failure, _) -> {
                            throw new AssertionError(failure);
                        })
                .execute(new Console(nowhere, nowhere), all.toArray(String[]::new));
    }
}
