package io.dormouse.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// `./dormouse`: exit code 0 done, 1 failed, 2 wrong use.
@Command(
        name = "dormouse",
        description = "Serverless ML endpoints that cost nothing asleep and wake in milliseconds.",
        version = "dormouse 0.1.0",
        mixinStandardHelpOptions = true,
        subcommands = {
            DemoCommand.class,
            StopCommand.class,
            StatusCommand.class,
            EnvCommand.class,
            DeployCommand.class,
            InvokeCommand.class,
            EndpointsCommand.class,
            DeleteCommand.class,
            LogsCommand.class,
            WhyCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        footer = {"", "Example:", "  ./dormouse demo"})
public final class DormouseCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do: ./dormouse demo is a good first");
    }

    /// The command line, its errors as sentences rather than traces.
    public static CommandLine commandLine() {
        return new CommandLine(new DormouseCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> explain(failure, line));
    }

    private static int explain(Exception failure, CommandLine line) {
        PrintWriter err = line.getErr();
        switch (failure) {
            case Failed failed -> err.println(failed.getMessage());
            case AwsServiceException e when e.awsErrorDetails() != null ->
                    err.println(
                            e.awsErrorDetails().errorCode()
                                    + ": "
                                    + e.awsErrorDetails().errorMessage());
            case SdkClientException e when isRefused(e) ->
                    err.println(
                            "No platform answers. Start one: ./dormouse start --detach"
                                    + " (or name it with --endpoint-url)");
            default -> {
                err.println(failure);
                failure.printStackTrace(err);
            }
        }
        err.flush();
        return 1;
    }

    private static boolean isRefused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.net.ConnectException) {
                return true;
            }
        }
        return false;
    }
}
