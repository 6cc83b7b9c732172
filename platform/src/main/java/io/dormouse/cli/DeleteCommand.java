package io.dormouse.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;

@Command(
        name = "delete",
        description =
                "Delete an endpoint, its configuration and its model. Requests under way are answered.",
        footer = {"", "Example:", "  ./dormouse delete flights"})
public final class DeleteCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "the endpoint")
    private String name = "";

    @Override
    public Integer call() {
        try (SageMakerClient sageMaker = options.clients().sageMaker()) {
            String config =
                    sageMaker.describeEndpoint(r -> r.endpointName(name)).endpointConfigName();
            DescribeEndpointConfigResponse described =
                    sageMaker.describeEndpointConfig(r -> r.endpointConfigName(config));
            List<String> models =
                    described.productionVariants().stream()
                            .map(ProductionVariant::modelName)
                            .toList();
            sageMaker.deleteEndpoint(r -> r.endpointName(name));
            new EndpointWait(sageMaker).untilDeleted(name);
            sageMaker.deleteEndpointConfig(r -> r.endpointConfigName(config));
            models.forEach(model -> sageMaker.deleteModel(r -> r.modelName(model)));
        }
        options.console().say("Deleted " + name);
        return 0;
    }
}
