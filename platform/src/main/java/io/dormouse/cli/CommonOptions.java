package io.dormouse.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What every command that talks to a platform takes.
public final class CommonOptions {
    /// Where `./dormouse start` listens unless told otherwise.
    public static final int DEFAULT_PORT = 4600;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before a command runs
    private CommandSpec spec;

    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            description =
                    "the platform to talk to (default: the one started here, else \\$AWS_ENDPOINT_URL,"
                            + " else http://127.0.0.1:4600)")
    private Optional<URI> endpointUrl = Optional.empty();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "the platform's data folder (default: \\$DORMOUSE_DATA or ~/.dormouse)")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = {"-v", "--verbose"},
            description = "print each AWS call, ready to paste for the aws CLI")
    private boolean verbose;

    @Option(names = "--json", description = "print JSON, for programs")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    public Console console() {
        return new Console(spec.commandLine().getOut(), spec.commandLine().getErr());
    }

    public boolean json() {
        return json;
    }

    public boolean verbose() {
        return verbose;
    }

    /// The data folder, absolute.
    public Path data() {
        return data.orElseGet(CommonOptions::defaultData).toAbsolutePath().normalize();
    }

    /// Where a platform keeps its data unless told otherwise.
    public static Path defaultData() {
        String set = System.getenv("DORMOUSE_DATA");
        return set == null || set.isBlank()
                ? Path.of(System.getProperty("user.home"), ".dormouse")
                : Path.of(set);
    }

    public URI endpoint() {
        return endpointUrl
                .or(() -> RunningPlatform.of(data()).map(RunningPlatform::endpoint))
                .or(CommonOptions::endpointOfEnvironment)
                .orElse(URI.create("http://127.0.0.1:" + DEFAULT_PORT));
    }

    private static Optional<URI> endpointOfEnvironment() {
        return Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL"))
                .filter(url -> !url.isBlank())
                .map(URI::create);
    }

    public Clients clients() {
        return clients(endpoint());
    }

    public Clients clients(URI endpoint) {
        return new Clients(
                endpoint,
                environment("AWS_REGION", environment("AWS_DEFAULT_REGION", "us-east-1")),
                environment("AWS_ACCESS_KEY_ID", "test"),
                environment("AWS_SECRET_ACCESS_KEY", "test"),
                verbose ? Optional.of(new CallPrinter(console())) : Optional.empty());
    }

    private static String environment(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? otherwise : value;
    }
}
