package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

record StatusCommand() implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "status",
                "Say whether a platform runs, and what it has given out. Exit code 0 where one"
                        + " answers, 1 where none does.",
                Optional.empty(),
                CommonOptions.and(),
                List.of("./dormouse status --json"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        URI endpoint = options.endpoint();
        Optional<RunningPlatform> platform =
                RunningPlatform.of(options.data())
                        .filter(running -> running.endpoint().equals(endpoint));
        Optional<JsonNode> status =
                new OwnPage(endpoint).get("/_dormouse/status").map(JsonMapper.shared()::readTree);
        if (options.json()) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("running", status.isPresent());
            answer.put("endpoint", endpoint.toString());
            platform.ifPresent(running -> answer.put("pid", running.pid()));
            status.ifPresent(page -> answer.put("status", page));
            console.say(JsonMapper.shared().writeValueAsString(answer));
        } else if (status.isPresent()) {
            console.say(
                    "A platform answers at "
                            + endpoint
                            + platform.map(StatusCommand::since).orElse(""));
            print(status.get(), console);
        } else {
            console.say(
                    "No platform answers at "
                            + endpoint
                            + ". Start one: ./dormouse start --detach");
        }
        return status.isPresent() ? 0 : 1;
    }

    private static void print(JsonNode status, Console console) {
        console.say("data    " + status.path("data").asString(""));
        if (status.path("ephemeral").asBoolean(false)) {
            console.say("        ephemeral: it goes when the platform ends");
        }
        console.say(
                "memory  %d of %d MB given out, warm workers %d"
                        .formatted(
                                status.path("memory_mb").asLong(),
                                status.path("memory_total_mb").asLong(),
                                status.path("warm_workers").asInt()));
        String problem = status.path("warm_problem").asString("");
        if (!problem.isEmpty()) {
            console.say("        " + problem);
        }
    }

    private static String since(RunningPlatform platform) {
        Duration up =
                Duration.between(Instant.ofEpochMilli(platform.startedMillis()), Instant.now());
        return " (process " + platform.pid() + ", up " + up.toSeconds() + " s)";
    }
}
