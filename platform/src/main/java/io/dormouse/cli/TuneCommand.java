package io.dormouse.cli;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.cli.line.Syntax.Kind;
import io.dormouse.cli.line.Syntax.Parameter;
import io.dormouse.cli.line.WrongUse;
import io.dormouse.tuner.Estimate;
import io.dormouse.tuner.Lines;
import io.dormouse.tuner.Measured;
import io.dormouse.tuner.Page;
import io.dormouse.tuner.Payload;
import io.dormouse.tuner.Prices;
import io.dormouse.tuner.Report;
import io.dormouse.tuner.Shares;
import io.dormouse.tuner.Sweep;
import io.dormouse.tuner.Tunable;
import io.dormouse.tuner.Tuner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import tools.jackson.databind.json.JsonMapper;

record TuneCommand() implements Command {
    private static final Option<Path> HTML =
            Option.path("--html", "FILE", "where the page goes (default: tune-NAME.html)");
    private static final Option<Boolean> YES =
            Option.flag("do not ask before AWS is called", "--yes");

    @Override
    public Syntax syntax() {
        List<Option<?>> own = new ArrayList<>(TuneOptions.all());
        own.addAll(List.of(HTML, CallTarget.TO, YES));
        return new Syntax(
                "tune",
                "Find the memory size that an endpoint should have. Each size gets an endpoint of"
                        + " its own for as long as it is measured, cold and warm, at several"
                        + " concurrencies; the endpoint itself is only read. Prints a table, writes"
                        + " a page with a chart, and says from how many requests a month something"
                        + " always on is cheaper.",
                Optional.of(new Parameter("NAME", "the endpoint", Kind.ENDPOINT)),
                CommonOptions.and(own.toArray(Option<?>[]::new)),
                List.of(
                        "./dormouse tune flights --payload row.csv",
                        "./dormouse tune flights --payload rows/ --memory 1024,2048 --p99-ms 20",
                        "./dormouse tune flights --payload row.csv --to aws --yes"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        TuneOptions chosen = new TuneOptions(arguments);
        Sweep sweep = chosen.sweep();
        List<Payload> payloads = chosen.payloads();
        Report.Wishes wishes = chosen.wishes();
        // One connection for each caller, kept; the JDK would keep five.
        System.setProperty(
                "http.maxConnections", String.valueOf(sweep.concurrencies().getLast() + 5));
        CommonOptions options = new CommonOptions(arguments, console);
        CallTarget target = new CallTarget(arguments, options, console);
        String where = target.where();
        console.progress("Tuning " + arguments.parameter() + ": " + where);
        if (!agreed(arguments, console, target, estimate(chosen, sweep, payloads))) {
            console.progress("Nothing was done.");
            return 1;
        }
        InstantSource clock = InstantSource.system();
        List<Measured> sizes;
        try (SageMakerClient sageMaker = target.sageMaker();
                SageMakerRuntimeClient runtime = target.runtime();
                CloudWatchClient cloudWatch = target.cloudWatch()) {
            Tuner tuner =
                    new Tuner(
                            new Tunable(sageMaker, runtime, cloudWatch),
                            clock,
                            chosen.metricsWait(target.isAws()),
                            console::progress);
            sizes = measured(tuner, arguments.parameter(), sweep, payloads, console);
        }
        Report report =
                new Report(
                        arguments.parameter(),
                        where,
                        clock.instant(),
                        sizes,
                        chosen.prices(),
                        wishes,
                        target.cores()
                                .flatMap(cores ->
                                        Shares.warning(
                                                sweep.memoryMb(),
                                                cores,
                                                sweep.concurrencies().getLast())));
        tell(arguments, options, console, report);
        return report.recommended().isPresent() ? 0 : 1;
    }

    private static Estimate estimate(TuneOptions chosen, Sweep sweep, List<Payload> payloads) {
        return Estimate.of(
                sweep,
                chosen.prices(),
                payloads.stream()
                        .mapToLong(each -> each.body().asByteArrayUnsafe().length)
                        .max()
                        .orElse(0));
    }

    /// Says what it costs on AWS, and asks where it is AWS that is called.
    private static boolean agreed(
            Arguments arguments, Console console, CallTarget target, Estimate estimate) {
        console.progress(
                "On AWS this %s at most $%.2f (%s): up to %,d calls, and $%.3f per GB of the answers on top"
                        .formatted(
                                target.isAws() ? "costs" : "would cost",
                                estimate.dollars(),
                                Prices.AWS.date(),
                                estimate.calls(),
                                Prices.AWS.perGigabyte()));
        if (!target.isAws() || arguments.get(YES)) {
            return true;
        }
        // Without a terminal there is no console, or one that is none, as the JDK is set.
        java.io.Console terminal =
                Optional.ofNullable(System.console())
                        .filter(java.io.Console::isTerminal)
                        .orElseThrow(() ->
                                new WrongUse("Nobody can be asked here: say --yes to call AWS."));
        String answer = terminal.readLine("Go on? [y/N] ");
        return answer != null && answer.strip().matches("(?i)y(es)?");
    }

    /// Measures, and takes away what was made: at the end, on a failure, and on Ctrl-C.
    private static List<Measured> measured(
            Tuner tuner, String endpoint, Sweep sweep, List<Payload> payloads, Console console) {
        Thread atEnd =
                new Thread(
                        () -> {
                            console.progress("Taking away what was made …");
                            end(tuner, console);
                        },
                        "tune-end");
        Runtime.getRuntime().addShutdownHook(atEnd);
        try {
            String run = Long.toString(System.nanoTime() & 0xfffffffffL, 36);
            return tuner.run(tuner.subject(endpoint), sweep, payloads, run);
        } finally {
            if (removed(atEnd)) {
                end(tuner, console);
            }
        }
    }

    private static void end(Tuner tuner, Console console) {
        List<String> left = tuner.end();
        if (!left.isEmpty()) {
            console.progress("These could not be removed; delete them by hand:");
            left.forEach(line -> console.progress("  " + line));
        }
    }

    /// Whether the hook will not run: not, where the process is ending already.
    private static boolean removed(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static void tell(
            Arguments arguments, CommonOptions options, Console console, Report report) {
        Path page = arguments.find(HTML).orElse(Path.of("tune-" + report.endpoint() + ".html"));
        try {
            Files.writeString(page, Page.of(report));
        } catch (IOException e) {
            throw new Failed("Cannot write " + page + ": " + e.getMessage(), e);
        }
        if (options.json()) {
            console.say(JsonMapper.shared().writeValueAsString(report.tree()));
        } else {
            console.say("");
            console.table(Lines.headings(report), Lines.rows(report));
            console.say("");
            Lines.sentences(report).forEach(console::say);
            Lines.findings(report).forEach(console::say);
            console.say("");
            Lines.breakEvens(report).forEach(console::say);
            console.say("");
            report.basis().forEach(console::say);
        }
        console.progress("The page: " + page.toAbsolutePath());
    }
}
