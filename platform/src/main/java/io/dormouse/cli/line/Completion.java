package io.dormouse.cli.line;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A script that completes commands, options, their values, files and the names of endpoints, in
/// bash and in zsh.
public record Completion(CommandLine line) {
    /// The script, for a program of this name on the path or called by a path.
    public String script(String name) {
        List<String> words = new ArrayList<>(line.shown());
        words.addAll(List.of("help", "--help", "--version"));
        String options =
                line.shown().stream()
                        .map(word -> "        %s) words='%s' ;;".formatted(word, options(word)))
                        .collect(Collectors.joining("\n"));
        String endpoints = String.join("|", commands(Syntax.Kind.ENDPOINT));
        return TEMPLATE.replace("@NAME@", name)
                .replace("@COMMANDS@", String.join(" ", words))
                .replace("@OPTIONS@", options)
                .replace("@VALUES@", values())
                .replace("@ENDPOINTS@", endpoints);
    }

    private String options(String word) {
        return Stream.concat(
                        line.syntax(word).options().stream()
                                .flatMap(option -> option.names().stream()),
                        Stream.of("--help"))
                .filter(option -> option.startsWith("--"))
                .collect(Collectors.joining(" "));
    }

    private List<String> commands(Syntax.Kind kind) {
        return line.shown().stream()
                .filter(word ->
                        line.syntax(word)
                                .parameter()
                                .filter(parameter -> parameter.kind() == kind)
                                .isPresent())
                .toList();
    }

    /// What completes the word after an option that takes a value: its choices, or a file.
    private String values() {
        return line.shown().stream()
                .flatMap(word -> line.syntax(word).options().stream())
                .filter(option -> !option.isFlag())
                .collect(Collectors.toMap(Option::key, Completion::value, (first, _) -> first))
                .entrySet()
                .stream()
                .map(each -> "        %s) %s; return ;;".formatted(each.getKey(), each.getValue()))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static String value(Option<?> option) {
        return option.choices().isEmpty()
                ? "COMPREPLY=()"
                : "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))"
                        .formatted(String.join(" ", option.choices()));
    }

    /// An empty reply falls back to files, by `-o default`.
    private static final String TEMPLATE =
            """
            # source <(./@NAME@ completion)
            if [ -n "${ZSH_VERSION:-}" ]; then
                autoload -U +X compinit && compinit
                autoload -U +X bashcompinit && bashcompinit
            fi
            _@NAME@() {
                local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=
                COMPREPLY=()
                if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$command" = help ]; }; then
                    COMPREPLY=($(compgen -W '@COMMANDS@' -- "$cur"))
                    return
                fi
                case $previous in
            @VALUES@
                esac
                case $cur in
                -*)
                    case $command in
            @OPTIONS@
                    esac ;;
                *)
                    case $command in
                    @ENDPOINTS@)
                        words=$("${COMP_WORDS[0]}" endpoints --names 2>/dev/null) ;;
                    esac ;;
                esac
                COMPREPLY=($(compgen -W "$words" -- "$cur"))
            }
            complete -o default -F _@NAME@ @NAME@
            """;
}
