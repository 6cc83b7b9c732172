package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;

record LogsCommand() implements Command {
    private static final Option<String> FILTER =
            Option.text("--filter", "PATTERN", "a CloudWatch Logs pattern, such as ERROR");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "logs",
                "Print what the instances of an endpoint wrote, and [dormouse] did with them, the"
                        + " oldest first. With --json each line is an event.",
                Optional.of(new Parameter("NAME", "the endpoint", Kind.ENDPOINT)),
                CommonOptions.and(FILTER),
                List.of("./dormouse logs flights --filter ERROR"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        String name = arguments.parameter();
        FilterLogEventsRequest.Builder request =
                FilterLogEventsRequest.builder().logGroupName("/aws/sagemaker/Endpoints/" + name);
        arguments.find(FILTER).ifPresent(request::filterPattern);
        Clients clients = options.clients();
        try (CloudWatchLogsClient logs = clients.logs()) {
            logs.filterLogEventsPaginator(request.build())
                    .events()
                    .forEach(event ->
                            console.say(options.json() ? Shapes.toJson(event) : line(event)));
        } catch (ResourceNotFoundException e) {
            silent(clients, name, console);
        }
        return 0;
    }

    /// No group: the endpoint is missing, which is an error, or has never had an instance.
    private static void silent(Clients clients, String name, Console console) {
        try (SageMakerClient sageMaker = clients.sageMaker()) {
            sageMaker.describeEndpoint(r -> r.endpointName(name));
        }
        console.progress(
                "No instance of " + name + " has started yet: ./dormouse invoke wakes one.");
    }

    private static String line(FilteredLogEvent event) {
        return Instant.ofEpochMilli(event.timestamp())
                + "  "
                + event.logStreamName()
                + "  "
                + event.message();
    }
}
