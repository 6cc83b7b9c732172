package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.EndpointSummary;
import software.amazon.awssdk.services.sagemaker.model.ListEndpointsRequest;

@Command(
        name = "endpoints",
        description = "List the endpoints, the newest first.",
        footer = {"", "Example:", "  ./dormouse endpoints --json"})
public final class EndpointsCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Override
    public Integer call() {
        Console console = options.console();
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
                endpoint.creationTime().toString(),
                endpoint.lastModifiedTime().toString());
    }
}
