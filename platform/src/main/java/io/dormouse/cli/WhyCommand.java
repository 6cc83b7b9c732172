package io.dormouse.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "why",
        description =
                "Show the newest start of an endpoint step by step: why it took as long as it did.",
        footer = {"", "Example:", "  ./dormouse why flights"})
public final class WhyCommand implements Callable<Integer> {
    @Mixin private final CommonOptions options = new CommonOptions();

    @Parameters(paramLabel = "NAME", description = "the endpoint")
    private String name = "";

    @Override
    public Integer call() {
        StartPage page = new StartPage(options.endpoint(), name);
        if (options.json()) {
            options.console().say(page.json());
        } else {
            page.print(options.console());
        }
        return 0;
    }
}
