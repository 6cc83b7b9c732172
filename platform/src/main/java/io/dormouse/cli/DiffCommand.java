package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import io.dormouse.definition.Desired;
import io.dormouse.deploy.Change;
import io.dormouse.deploy.Found;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

record DiffCommand() implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "diff",
                "Show how an endpoint differs from its definition, here or on AWS. The exit code is"
                        + " 0 where it does not, 1 where it does (or that cannot be told, with the"
                        + " reason on standard error), 2 for wrong use.",
                Definitions.FILE,
                CommonOptions.and(Definitions.TO),
                List.of("./dormouse diff", "./dormouse diff dormouse.yaml --to aws"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        try (Definitions definitions = Definitions.of(arguments, console)) {
            Desired desired = definitions.desired();
            Found found = definitions.found(desired);
            List<Change> changes = found.changes(desired);
            if (new CommonOptions(arguments, console).json()) {
                console.say(
                        JsonMapper.shared()
                                .writeValueAsString(
                                        changes.stream().map(DiffCommand::members).toList()));
            } else {
                definitions.show(desired, found, changes);
            }
            return changes.isEmpty() ? 0 : 1;
        }
    }

    private static Map<String, String> members(Change change) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("field", change.field());
        change.from().ifPresent(from -> members.put("from", from));
        change.to().ifPresent(to -> members.put("to", to));
        return members;
    }
}
