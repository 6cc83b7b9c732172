package io.dormouse.app;

import io.dormouse.cli.CommonOptions;
import io.dormouse.cli.DetachedStart;
import io.dormouse.cli.RunningPlatform;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

record StartCommand() implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "start",
                "Start a platform in the foreground. It ends on Ctrl-C or ./dormouse stop, and"
                        + " prints one line when it is ready.",
                Optional.empty(),
                StartOptions.all(),
                List.of("./dormouse start --detach", "./dormouse start --ephemeral --port 0"));
    }

    @Override
    public int run(Arguments arguments, Console console) throws IOException, InterruptedException {
        if (arguments.get(StartOptions.DETACH)) {
            CommonOptions options = new CommonOptions(arguments, console);
            RunningPlatform platform =
                    new DetachedStart(options.data(), StartOptions.handedOn(arguments)).start();
            Served.ready(options, console, platform, Optional.empty());
            return 0;
        }
        Served.start(arguments, console).awaitEnd();
        return 0;
    }
}
