package io.dormouse.cli;

import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.CommandLine;
import io.dormouse.cli.line.Console;
import io.dormouse.definition.InvalidDefinition;
import io.dormouse.deploy.DeployFailed;
import io.dormouse.tuner.TuneFailed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// `./dormouse`: exit code 0 done, 1 failed, 2 wrong use.
public final class DormouseCommand {
    private static final String VERSION = "dormouse 0.1.0";

    private DormouseCommand() {}

    /// The command line, its errors as sentences rather than traces.
    ///
    /// @param start what starts a platform, by its word
    public static CommandLine commandLine(Map<String, Supplier<Command>> start) {
        Map<String, Supplier<Command>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand::new);
        commands.putAll(start);
        commands.put("stop", StopCommand::new);
        commands.put("status", StatusCommand::new);
        commands.put("env", EnvCommand::new);
        commands.put("deploy", DeployCommand::new);
        commands.put("apply", ApplyCommand::new);
        commands.put("diff", DiffCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("invoke", InvokeCommand::new);
        commands.put("endpoints", EndpointsCommand::new);
        commands.put("delete", DeleteCommand::new);
        commands.put("logs", LogsCommand::new);
        commands.put("why", WhyCommand::new);
        commands.put("tune", TuneCommand::new);
        commands.put("cost", CostCommand::new);
        commands.put("artifacts", ArtifactsCommand::new);
        commands.put("completion", () -> new CompletionCommand(() -> commandLine(start)));
        commands.put(RecordedCommands.WORD, () -> new RecordedCommands(() -> commandLine(start)));
        return new CommandLine(
                "./dormouse",
                VERSION,
                "Serverless ML endpoints that cost nothing asleep and wake in milliseconds.",
                commands,
                DormouseCommand::explain);
    }

    private static int explain(Exception failure, Console console) {
        console.progress(sentence(failure));
        return 1;
    }

    private static String sentence(Exception failure) {
        if (failure instanceof Failed
                || failure instanceof TuneFailed
                || failure instanceof DeployFailed
                || failure instanceof InvalidDefinition) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof AwsServiceException e && e.awsErrorDetails() != null) {
            String message = String.valueOf(e.awsErrorDetails().errorMessage());
            String next =
                    message.matches("(?i)(could not find endpoint .*|endpoint .* not found.*)")
                            ? " See ./dormouse endpoints"
                            : "";
            return e.awsErrorDetails().errorCode() + ": " + message + next;
        }
        return unreachable(failure)
                .orElseGet(() -> {
                    StringWriter trace = new StringWriter();
                    failure.printStackTrace(new PrintWriter(trace));
                    return "This is a fault of Dormouse's, please report it: " + trace;
                });
    }

    private static Optional<String> unreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ConnectException _ -> {
                    return Optional.of(
                            "No platform answers. Start one: ./dormouse start --detach (or name it"
                                    + " with --endpoint-url)");
                }
                case UnknownHostException e -> {
                    return Optional.of(
                            "There is no host " + e.getMessage() + ": see --endpoint-url");
                }
                case SocketTimeoutException e -> {
                    return Optional.of(
                            "The platform did not answer in time ("
                                    + e.getMessage()
                                    + "): see ./dormouse status");
                }
                case SocketException e -> {
                    return Optional.of(
                            "The platform broke off ("
                                    + e.getMessage()
                                    + "): see ./dormouse status and platform.log in its data folder");
                }
                default -> {}
            }
        }
        return Optional.empty();
    }
}
