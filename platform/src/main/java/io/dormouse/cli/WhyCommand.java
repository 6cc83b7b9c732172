package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import java.util.List;
import java.util.Optional;

record WhyCommand() implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "why",
                "Show the newest start of an endpoint step by step: why it took as long as it did.",
                Optional.of(new Parameter("NAME", "the endpoint", Kind.ENDPOINT)),
                CommonOptions.and(),
                List.of("./dormouse why flights"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        StartPage page = new StartPage(options.endpoint(), arguments.parameter());
        if (options.json()) {
            console.say(page.json().stripTrailing());
        } else {
            page.print(console);
        }
        return 0;
    }
}
