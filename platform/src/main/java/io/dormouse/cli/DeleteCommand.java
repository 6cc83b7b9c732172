package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import io.dormouse.deploy.EndpointWait;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigResponse;
import software.amazon.awssdk.services.sagemaker.model.ProductionVariant;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;
import tools.jackson.databind.json.JsonMapper;

record DeleteCommand() implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "delete",
                "Delete an endpoint, its configuration and its model. Requests under way are"
                        + " answered.",
                Optional.of(new Parameter("NAME", "the endpoint", Kind.ENDPOINT)),
                CommonOptions.and(),
                List.of("./dormouse delete flights"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        String name = arguments.parameter();
        try (SageMakerClient sageMaker = options.clients().sageMaker()) {
            String config =
                    sageMaker.describeEndpoint(r -> r.endpointName(name)).endpointConfigName();
            List<String> models = models(sageMaker, config);
            sageMaker.deleteEndpoint(r -> r.endpointName(name));
            new EndpointWait(sageMaker).untilDeleted(name);
            gone(() -> sageMaker.deleteEndpointConfig(r -> r.endpointConfigName(config)));
            models.forEach(model -> gone(() -> sageMaker.deleteModel(r -> r.modelName(model))));
        }
        console.say(
                options.json()
                        ? JsonMapper.shared().writeValueAsString(Map.of("Deleted", name))
                        : "Deleted " + name);
        return 0;
    }

    /// The models of a configuration; none where that has gone before its endpoint.
    private static List<String> models(SageMakerClient sageMaker, String config) {
        try {
            DescribeEndpointConfigResponse described =
                    sageMaker.describeEndpointConfig(r -> r.endpointConfigName(config));
            return described.productionVariants().stream()
                    .map(ProductionVariant::modelName)
                    .toList();
        } catch (SageMakerException e) {
            if (EndpointWait.isMissing(e)) {
                return List.of();
            }
            throw e;
        }
    }

    /// What another client has deleted already need not be deleted.
    private static void gone(Runnable delete) {
        try {
            delete.run();
        } catch (SageMakerException e) {
            if (!EndpointWait.isMissing(e)) {
                throw e;
            }
        }
    }
}
