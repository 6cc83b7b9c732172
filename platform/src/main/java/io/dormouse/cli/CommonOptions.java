package io.dormouse.cli;

import io.dormouse.aws.Caller;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/// What every command that talks to a platform takes.
public final class CommonOptions {
    /// Where `./dormouse start` listens unless told otherwise.
    public static final int DEFAULT_PORT = 4600;

    private static final Option<URI> ENDPOINT_URL =
            Option.url(
                    "--endpoint-url",
                    "the platform to talk to (default: the one started here, else"
                            + " $AWS_ENDPOINT_URL, else http://127.0.0.1:4600)");

    private static final Option<Path> DATA =
            Option.path(
                    "--data",
                    "DIR",
                    "the platform's data folder (default: $DORMOUSE_DATA or ~/.dormouse)");

    private static final Option<Boolean> VERBOSE =
            Option.flag("print each AWS call, ready to paste for the aws CLI", "--verbose", "-v");

    private static final Option<Boolean> JSON = Option.flag("print JSON, for programs", "--json");

    private final Arguments arguments;
    private final Console console;

    public CommonOptions(Arguments arguments, Console console) {
        this.arguments = arguments;
        this.console = console;
    }

    /// A command's own options and these.
    public static List<Option<?>> and(Option<?>... own) {
        return Stream.concat(Stream.of(own), Stream.of(ENDPOINT_URL, DATA, VERBOSE, JSON)).toList();
    }

    public boolean json() {
        return arguments.get(JSON);
    }

    public boolean verbose() {
        return arguments.get(VERBOSE);
    }

    /// The data folder, absolute.
    public Path data() {
        return arguments
                .find(DATA)
                .orElseGet(CommonOptions::defaultData)
                .toAbsolutePath()
                .normalize();
    }

    /// Where a platform keeps its data unless told otherwise.
    private static Path defaultData() {
        return variable("DORMOUSE_DATA")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".dormouse"));
    }

    /// The address where it was given as an option.
    Optional<URI> givenEndpoint() {
        return arguments.find(ENDPOINT_URL);
    }

    public URI endpoint() {
        return arguments
                .find(ENDPOINT_URL)
                .or(() -> RunningPlatform.of(data()).map(RunningPlatform::endpoint))
                .or(() -> variable("AWS_ENDPOINT_URL").map(CommonOptions::url))
                .orElse(URI.create("http://127.0.0.1:" + DEFAULT_PORT));
    }

    /// The Region of the platform there, where its note says it, else what the environment says.
    private String region(URI endpoint) {
        return RunningPlatform.of(data())
                .filter(running -> running.endpoint().equals(endpoint))
                .map(RunningPlatform::region)
                .or(() -> variable("AWS_REGION"))
                .or(() -> variable("AWS_DEFAULT_REGION"))
                .or(() -> variable("DORMOUSE_REGION"))
                .orElse(Caller.DEFAULT_REGION);
    }

    private static URI url(String text) {
        try {
            return ENDPOINT_URL.parse().apply(text);
        } catch (IllegalArgumentException e) {
            throw new Failed(
                    "AWS_ENDPOINT_URL is '" + text + "': expected " + e.getMessage() + ".", e);
        }
    }

    /// Clients of AWS: at AWS's own hosts, unless another is named for this command or by
    /// `AWS_ENDPOINT_URL`.
    Clients aws() {
        return Clients.aws(
                awsEndpoint(),
                awsRegion(),
                verbose() ? Optional.of(new CallPrinter(console)) : Optional.empty());
    }

    /// What stands in place of AWS's own hosts.
    Optional<URI> awsEndpoint() {
        return arguments
                .find(ENDPOINT_URL)
                .or(() -> variable("AWS_ENDPOINT_URL").map(CommonOptions::url));
    }

    private static String awsRegion() {
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
        } catch (SdkClientException e) {
            throw new Failed(
                    "No AWS Region is set: set AWS_REGION, or region in ~/.aws/config.", e);
        }
    }

    public Clients clients() {
        return clients(endpoint());
    }

    public Clients clients(URI endpoint) {
        return new Clients(
                endpoint,
                region(endpoint),
                accessKey(),
                secretKey(),
                verbose() ? Optional.of(new CallPrinter(console)) : Optional.empty());
    }

    /// The key that calls are signed with: AWS's variables, else the platform's own.
    static String accessKey() {
        return variable("AWS_ACCESS_KEY_ID")
                .or(() -> variable("DORMOUSE_ACCESS_KEY_ID"))
                .orElse("test");
    }

    static String secretKey() {
        return variable("AWS_SECRET_ACCESS_KEY")
                .or(() -> variable("DORMOUSE_SECRET_ACCESS_KEY"))
                .orElse("test");
    }

    /// A variable of the environment that says something.
    public static Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }
}
