package io.dormouse.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "env",
        description = "Print the exports that point any AWS client at the platform.",
        footer = {"", "Example:", "  eval \"$(./dormouse env)\" && aws sagemaker list-endpoints"})
public final class EnvCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Override
    public Integer call() {
        Console console = options.console();
        Clients clients = options.clients();
        console.say("export AWS_ENDPOINT_URL=" + clients.endpoint());
        console.say("export AWS_ACCESS_KEY_ID=test");
        console.say("export AWS_SECRET_ACCESS_KEY=test");
        console.say("export AWS_REGION=" + clients.region());
        console.say("export AWS_DEFAULT_REGION=" + clients.region());
        console.say("unset AWS_SESSION_TOKEN AWS_PROFILE AWS_ENDPOINT_URL_SAGEMAKER");
        return 0;
    }
}
