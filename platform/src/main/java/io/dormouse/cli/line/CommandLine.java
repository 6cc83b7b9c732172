package io.dormouse.cli.line;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A program's commands. Only the one that is asked for is made.
///
/// @param program what its help calls it
/// @param version what `--version` prints
/// @param commands by their words, in the order of the help; those that begin with a dot are not
///   shown
public record CommandLine(
        String program,
        String version,
        String description,
        Map<String, Supplier<Command>> commands,
        Failures failures) {
    /// Exit code of wrong use.
    static final int WRONG_USE = 2;

    /// Tells a failure to the user and returns the exit code.
    @FunctionalInterface
    public interface Failures {
        int explain(Exception failure, Console console);
    }

    public CommandLine {
        commands = new LinkedHashMap<>(commands);
    }

    /// Runs what the words say, and returns the exit code: 0 done, 1 failed, 2 wrong use.
    public int execute(Console console, String... words) {
        String first = words.length == 0 ? "" : words[0];
        List<String> rest = Arrays.asList(words).subList(Math.min(1, words.length), words.length);
        switch (first) {
            case "-V", "--version" -> console.say(version);
            case "-h", "--help" -> console.say(new Help(this).ofProgram());
            case "help" -> {
                return help(console, rest);
            }
            case "" -> {
                console.progress(new Help(this).ofProgram());
                return WRONG_USE;
            }
            default -> {
                Supplier<Command> command = commands.get(first);
                return command == null
                        ? unknown(console, first)
                        : run(console, command.get(), rest);
            }
        }
        return 0;
    }

    private int run(Console console, Command command, List<String> words) {
        Syntax syntax = command.syntax();
        if (words.contains("--help") || words.contains("-h")) {
            console.say(new Help(this).of(syntax));
            return 0;
        }
        try {
            Arguments arguments = Arguments.parse(syntax, words);
            if (syntax.parameter().isPresent() && arguments.findParameter().isEmpty()) {
                throw new WrongUse(syntax.parameter().get().label() + " is missing.");
            }
            return command.run(arguments, console);
        } catch (WrongUse e) {
            console.progress(e.getMessage() + "\nSee " + program + " " + syntax.name() + " --help");
            return WRONG_USE;
        } catch (Exception e) {
            return failures.explain(e, console);
        }
    }

    private int help(Console console, List<String> words) {
        if (words.isEmpty()) {
            console.say(new Help(this).ofProgram());
            return 0;
        }
        Supplier<Command> command = commands.get(words.getFirst());
        if (command == null) {
            return unknown(console, words.getFirst());
        }
        console.say(new Help(this).of(command.get().syntax()));
        return 0;
    }

    private int unknown(Console console, String word) {
        console.progress(
                "There is no command '"
                        + word
                        + "': "
                        + String.join(", ", shown())
                        + "\nSee "
                        + program
                        + " --help");
        return WRONG_USE;
    }

    /// The words of the commands that the help shows.
    List<String> shown() {
        return commands.keySet().stream().filter(word -> !word.startsWith(".")).toList();
    }

    Syntax syntax(String word) {
        Supplier<Command> command = commands.get(word);
        if (command == null) {
            throw new IllegalArgumentException("no command " + word);
        }
        return command.get().syntax();
    }
}
