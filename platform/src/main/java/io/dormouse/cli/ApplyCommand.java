package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.definition.Desired;
import io.dormouse.deploy.Change;
import io.dormouse.deploy.Found;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointResponse;

record ApplyCommand() implements Command {
    static final Option<Boolean> DRY_RUN =
            Option.flag("say what would be done, and create nothing", "--dry-run");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "apply",
                "Bring an endpoint to its definition, here or on AWS. Says what changes, waits,"
                        + " tries the endpoint with the payload, and undoes what it made where that"
                        + " fails; an endpoint that is as it should be is left alone. For AWS it"
                        + " first says account and Region, and what AWS would refuse or ignore.",
                Definitions.FILE,
                CommonOptions.and(Definitions.TO, DRY_RUN),
                List.of("./dormouse apply", "./dormouse apply dormouse.yaml --to aws --dry-run"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        try (Definitions definitions = Definitions.of(arguments, console)) {
            Desired desired = definitions.desired();
            boolean taken = definitions.preflight(desired);
            Found found = definitions.found(desired);
            List<Change> changes = found.changes(desired);
            boolean json = new CommonOptions(arguments, console).json();
            if (!json) {
                definitions.show(desired, found, changes);
            }
            if (!taken) {
                throw new Failed("Nothing was created: AWS would refuse it, as said above.");
            }
            if (arguments.get(DRY_RUN) || changes.isEmpty()) {
                found.endpoint().filter(_ -> json).ifPresent(e -> console.say(Shapes.toJson(e)));
                return 0;
            }
            DescribeEndpointResponse done = definitions.apply(desired, found);
            console.say(
                    json
                            ? Shapes.toJson(done)
                            : "Endpoint "
                                    + desired.name()
                                    + (found.endpoint().isEmpty() ? " is created" : " is updated")
                                    + " and in service.");
        }
        return 0;
    }
}
