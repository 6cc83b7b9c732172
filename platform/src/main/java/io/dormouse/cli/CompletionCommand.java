package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.CommandLine;
import io.dormouse.cli.line.Completion;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// @param line the commands that are completed
record CompletionCommand(Supplier<CommandLine> line) implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "completion",
                "Print a script that completes commands, options and endpoints in bash and zsh.",
                Optional.empty(),
                List.of(),
                List.of("source <(./dormouse completion)"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        console.say(new Completion(line.get()).script("dormouse").stripTrailing());
        return 0;
    }
}
