package io.dormouse.app;

import io.dormouse.cli.DormouseCommand;
import java.util.Locale;
import picocli.CommandLine;

/// `./dormouse`.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /// All commands: those of `cli`, and those that are a platform.
    static CommandLine commandLine() {
        // Figures are written the same everywhere: programs read them.
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        return DormouseCommand.commandLine()
                .addSubcommand(new StartCommand())
                .addSubcommand(new RecordStartCommand());
    }
}
