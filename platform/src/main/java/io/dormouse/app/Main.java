package io.dormouse.app;

import io.dormouse.cli.DormouseCommand;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.CommandLine;
import io.dormouse.cli.line.Console;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// `./dormouse`.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Console console =
                new Console(
                        new PrintWriter(System.out, false, System.out.charset()),
                        new PrintWriter(System.err, false, System.err.charset()));
        System.exit(commandLine().execute(console, arguments));
    }

    /// All commands: those of `cli`, and those that are a platform.
    static CommandLine commandLine() {
        // Figures are written the same everywhere: programs read them.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        Map<String, Supplier<Command>> start = new LinkedHashMap<>();
        start.put("start", StartCommand::new);
        start.put(RecordStartCommand.WORD, RecordStartCommand::new);
        return DormouseCommand.commandLine(start);
    }
}
