package io.dormouse.cli;

import io.dormouse.aws.Shapes;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

@Command(
        name = "logs",
        description = "Print what the instances of an endpoint wrote, the oldest first.",
        footer = {"", "Example:", "  ./dormouse logs flights --filter ERROR"})
public final class LogsCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "the endpoint")
    private String name = "";

    @Option(names = "--filter", paramLabel = "PATTERN", description = "CloudWatch Logs pattern")
    private String filter = "";

    @Override
    public Integer call() {
        Console console = options.console();
        FilterLogEventsRequest.Builder request =
                FilterLogEventsRequest.builder().logGroupName("/aws/sagemaker/Endpoints/" + name);
        if (!filter.isEmpty()) {
            request.filterPattern(filter);
        }
        try (CloudWatchLogsClient logs = options.clients().logs()) {
            logs.filterLogEventsPaginator(request.build())
                    .events()
                    .forEach(event ->
                            console.say(options.json() ? Shapes.toJson(event) : line(event)));
        } catch (ResourceNotFoundException e) {
            throw new Failed(
                    "Endpoint "
                            + name
                            + " has no logs: no instance of it has started yet, or there is no such"
                            + " endpoint (see ./dormouse endpoints)",
                    e);
        }
        return 0;
    }

    private static String line(FilteredLogEvent event) {
        return Instant.ofEpochMilli(event.timestamp())
                + "  "
                + event.logStreamName()
                + "  "
                + event.message();
    }
}
