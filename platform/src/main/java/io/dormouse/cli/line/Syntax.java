package io.dormouse.cli.line;

import java.util.List;
import java.util.Optional;

/// What a command takes, and what it says of itself.
///
/// @param name its word on the command line
/// @param description one paragraph for the help; its first sentence for the list of commands
/// @param parameter what it needs beside options
/// @param options in the order of the help
/// @param examples lines to type
public record Syntax(
        String name,
        String description,
        Optional<Parameter> parameter,
        List<Option<?>> options,
        List<String> examples) {
    /// What a command needs beside options.
    ///
    /// @param label what it is called
    /// @param kind what completes it
    public record Parameter(String label, String description, Kind kind) {}

    /// What a parameter names.
    public enum Kind {
        ENDPOINT,
        FILE
    }

    public Syntax {
        options = List.copyOf(options);
        examples = List.copyOf(examples);
    }

    Optional<Option<?>> option(String name) {
        return options.stream().filter(option -> option.names().contains(name)).findFirst();
    }

    /// The description's first sentence.
    String summary() {
        int end = description.indexOf(". ");
        return end < 0 ? description : description.substring(0, end + 1);
    }
}
