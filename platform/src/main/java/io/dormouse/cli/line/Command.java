package io.dormouse.cli.line;

/// One command.
public interface Command {
    Syntax syntax();

    /// Does it, and returns the exit code: 0 done, 1 failed.
    ///
    /// @throws WrongUse where options do not go together
    int run(Arguments arguments, Console console) throws Exception;
}
