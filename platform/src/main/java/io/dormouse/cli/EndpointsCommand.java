package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.EndpointSummary;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointsRequest;

record EndpointsCommand() implements Command {
    private static final Option<Boolean> NAMES = Option.flag("print the names only", "--names");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "endpoints",
                "List the endpoints, the newest first.",
                Optional.empty(),
                CommonOptions.and(NAMES),
                List.of("./dormouse endpoints --json"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        try (SageMakerClient sageMaker = options.clients().sageMaker()) {
            List<EndpointSummary> endpoints =
                    sageMaker
                            .listEndpointsPaginator(
                                    ListEndpointsRequest.builder().maxResults(100).build())
                            .stream()
                            .flatMap(page -> page.endpoints().stream())
                            .toList();
            if (options.json()) {
                console.say(endpoints.stream().map(Shapes::toJson).toList().toString());
            } else if (arguments.get(NAMES)) {
                endpoints.forEach(endpoint -> console.say(endpoint.endpointName()));
            } else if (endpoints.isEmpty()) {
                console.say("No endpoints. Make one: ./dormouse deploy model.onnx --name NAME");
            } else {
                console.table(
                        List.of("NAME", "STATUS", "CREATED", "LAST MODIFIED"),
                        endpoints.stream().map(EndpointsCommand::row).toList());
            }
        }
        return 0;
    }

    private static List<String> row(EndpointSummary endpoint) {
        return List.of(
                endpoint.endpointName(),
                endpoint.endpointStatusAsString(),
                endpoint.creationTime().truncatedTo(ChronoUnit.SECONDS).toString(),
                endpoint.lastModifiedTime().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
