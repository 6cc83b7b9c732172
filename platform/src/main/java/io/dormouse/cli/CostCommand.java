package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import io.dormouse.tuner.Bill;
import io.dormouse.tuner.Prices;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import tools.jackson.databind.json.JsonMapper;

record CostCommand() implements Command {
    private static final Option<Integer> DAYS =
            Option.number("--days", "N", 1, 455, "how many days back; CloudWatch keeps 455").or(30);

    @Override
    public Syntax syntax() {
        return new Syntax(
                "cost",
                "Say what an endpoint's use costs on AWS. Time and requests come from its CloudWatch"
                        + " metrics, prices from AWS's list; always-on instances stand beside.",
                Optional.of(new Parameter("NAME", "the endpoint", Kind.ENDPOINT)),
                CommonOptions.and(DAYS, CallTarget.TO),
                List.of("./dormouse cost flights", "./dormouse cost flights --days 7 --to aws"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        CallTarget target = new CallTarget(arguments, options, console);
        if (target.isAws()) {
            console.progress(target.where());
        }
        try (SageMakerClient sageMaker = target.sageMaker();
                CloudWatchClient cloudWatch = target.cloudWatch()) {
            Bill bill =
                    Bill.read(
                            sageMaker,
                            cloudWatch,
                            InstantSource.system(),
                            Prices.AWS,
                            arguments.parameter(),
                            arguments.get(DAYS));
            if (options.json()) {
                console.say(JsonMapper.shared().writeValueAsString(bill.tree()));
            } else {
                bill.lines().forEach(console::say);
            }
        }
        return 0;
    }
}
