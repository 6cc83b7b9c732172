package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

record EnvCommand() implements Command {
    /// What would lead a client elsewhere.
    private static final String UNSET =
            "unset AWS_SESSION_TOKEN AWS_PROFILE AWS_ENDPOINT_URL_SAGEMAKER"
                    + " AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME AWS_ENDPOINT_URL_S3"
                    + " AWS_ENDPOINT_URL_CLOUDWATCH AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"
                    + " AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM"
                    + " AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING AWS_ENDPOINT_URL_EVENTBRIDGE"
                    + " AWS_ENDPOINT_URL_SCHEDULER AWS_ENDPOINT_URL_SNS AWS_ENDPOINT_URL_SQS";

    @Override
    public Syntax syntax() {
        return new Syntax(
                "env",
                "Print the exports that point any AWS client at the platform.",
                Optional.empty(),
                CommonOptions.and(),
                List.of("eval \"$(./dormouse env)\" && aws sagemaker list-endpoints"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        Clients clients = options.clients();
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("AWS_ENDPOINT_URL", clients.endpoint().toString());
        // The platform's own key where it verifies signatures; an open one takes any.
        variables.put(
                "AWS_ACCESS_KEY_ID",
                CommonOptions.variable("DORMOUSE_ACCESS_KEY_ID").orElse("test"));
        variables.put(
                "AWS_SECRET_ACCESS_KEY",
                CommonOptions.variable("DORMOUSE_SECRET_ACCESS_KEY").orElse("test"));
        variables.put("AWS_REGION", clients.region());
        variables.put("AWS_DEFAULT_REGION", clients.region());
        if (options.json()) {
            console.say(JsonMapper.shared().writeValueAsString(variables));
        } else {
            variables.forEach((name, value) -> console.say("export " + name + "=" + value));
            console.say(UNSET);
        }
        return 0;
    }
}
