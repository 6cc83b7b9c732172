package io.dormouse.cli.line;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was given to a command.
public final class Arguments {
    private final Map<String, String> values;
    private final Optional<String> parameter;

    private Arguments(Map<String, String> values, Optional<String> parameter) {
        this.values = Map.copyOf(values);
        this.parameter = parameter;
    }

    /// Reads the words after the command's.
    ///
    /// @throws WrongUse for what the syntax does not know, or cannot read
    static Arguments parse(Syntax syntax, List<String> words) {
        Map<String, String> values = new HashMap<>();
        Optional<String> parameter = Optional.empty();
        boolean onlyParameters = false;
        for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
            String word = rest.next();
            if (!onlyParameters && word.equals("--")) {
                onlyParameters = true;
            } else if (!onlyParameters && word.startsWith("-") && word.length() > 1) {
                option(syntax, word, rest, values);
            } else if (syntax.parameter().isEmpty() || parameter.isPresent()) {
                throw new WrongUse("'" + word + "' is one word too many.");
            } else {
                parameter = Optional.of(word);
            }
        }
        return new Arguments(values, parameter);
    }

    private static void option(
            Syntax syntax, String word, Iterator<String> rest, Map<String, String> values) {
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        String name = equals < 0 ? word : word.substring(0, equals);
        Option<?> option =
                syntax.option(name)
                        .orElseThrow(() -> new WrongUse("There is no option " + name + "."));
        if (option.isFlag()) {
            if (equals >= 0) {
                throw new WrongUse("Option " + name + " takes no value.");
            }
            values.put(option.key(), "");
            return;
        }
        if (equals < 0 && !rest.hasNext()) {
            throw new WrongUse("Option " + name + " needs a value: " + option.label() + ".");
        }
        String value = equals < 0 ? rest.next() : word.substring(equals + 1);
        Optional<String> expected = option.expectedInstead(value);
        if (expected.isPresent()) {
            throw new WrongUse(
                    "'"
                            + value
                            + "' is no value for "
                            + name
                            + ": expected "
                            + expected.get()
                            + ".");
        }
        values.put(option.key(), value);
    }

    /// The value of an option, or what it is where it was not given.
    public <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable(values.get(option.key()))
                .map(option.parse())
                .or(option::otherwise);
    }

    /// The value of an option that always has one.
    public <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new IllegalArgumentException(option.key() + " has no default"));
    }

    /// Whether it was given, whatever it is otherwise.
    public boolean isGiven(Option<?> option) {
        return values.containsKey(option.key());
    }

    /// What was given beside options.
    public Optional<String> findParameter() {
        return parameter;
    }

    /// The same, of a command that cannot do without: the command line has seen to it.
    public String parameter() {
        return parameter.orElseThrow();
    }
}
