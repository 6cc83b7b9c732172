package io.dormouse.app;

import io.dormouse.aws.Caller;
import io.dormouse.cli.CommonOptions;
import io.dormouse.cli.Console;
import io.dormouse.cli.DetachedStart;
import io.dormouse.cli.Failed;
import io.dormouse.cli.RunningPlatform;
import io.dormouse.store.StoreFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        description = {
            "Start a platform in the foreground; it ends on Ctrl-C or ./dormouse stop. Prints one line when it"
                    + " is ready."
        },
        footer = {
            "",
            "Examples:",
            "  ./dormouse start --detach",
            "  ./dormouse start --ephemeral --port 0"
        })
final class StartCommand implements Callable<Integer> {
    private static final long PAYLOAD_BYTES_MAX = 6_291_456;

    @Mixin private final CommonOptions options = new CommonOptions();

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "4600",
            description = "where to listen; 0 takes a free port (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "the address to listen on; other than loopback needs DORMOUSE_ACCESS_KEY_ID and"
                            + " DORMOUSE_SECRET_ACCESS_KEY (default: ${DEFAULT-VALUE})")
    private String host = "127.0.0.1";

    @Option(names = "--detach", description = "return when it is ready, and leave it running")
    private boolean detach;

    @Option(
            names = "--ephemeral",
            description =
                    "data in a temporary folder that goes with the process; POST /_dormouse/reset and"
                            + " /_dormouse/clock are served: for tests")
    private boolean ephemeral;

    @Option(
            names = "--warm-pool",
            paramLabel = "N",
            defaultValue = "1",
            description = "generic instances kept ready for any model (default: ${DEFAULT-VALUE})")
    private int warmPool;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (detach) {
            RunningPlatform platform = new DetachedStart(options.data(), arguments()).start();
            options.console().say("Dormouse answers at " + platform.endpoint());
            return 0;
        }
        Path data =
                ephemeral
                        ? Files.createTempDirectory("dormouse").toRealPath()
                        : Files.createDirectories(options.data());
        serve(settings(data), options.console());
        return 0;
    }

    private List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--port",
                                Integer.toString(port),
                                "--host",
                                host,
                                "--warm-pool",
                                Integer.toString(warmPool)));
        if (ephemeral) {
            arguments.add("--ephemeral");
        }
        return arguments;
    }

    private Settings settings(Path data) {
        try {
            return new Settings(
                    new InetSocketAddress(host, port),
                    data,
                    ephemeral,
                    Caller.root(
                            environment("DORMOUSE_ACCOUNT", Caller.DEFAULT_ACCOUNT),
                            environment("DORMOUSE_REGION", Caller.DEFAULT_REGION)),
                    keys(),
                    warmPool,
                    PAYLOAD_BYTES_MAX,
                    Path.of(environment("DORMOUSE_LIB", besideJar())),
                    Path.of(
                            environment(
                                    "DORMOUSE_CACHE",
                                    System.getProperty("user.home") + "/.cache/dormouse")));
        } catch (IllegalArgumentException e) {
            throw new Failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<Settings.Keys> keys() {
        String id = environment("DORMOUSE_ACCESS_KEY_ID", "");
        String secret = environment("DORMOUSE_SECRET_ACCESS_KEY", "");
        return id.isEmpty() || secret.isEmpty()
                ? Optional.empty()
                : Optional.of(new Settings.Keys(id, secret));
    }

    private static String environment(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? otherwise : value;
    }

    /// The build lays the programs out in `lib` beside the jar.
    private static String besideJar() {
        Path jar = Path.of(System.getProperty("java.class.path").split(":", 2)[0]);
        return jar.toAbsolutePath().resolveSibling("lib").toString();
    }

    private void serve(Settings settings, Console console)
            throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Platform platform = started(settings);
        URI endpoint = URI.create("http://" + hostAndPort(settings, platform.port()));
        Thread closing =
                Thread.ofPlatform()
                        .name("closing")
                        .unstarted(() -> {
                            close(platform, settings);
                            ended.countDown();
                        });
        Runtime.getRuntime().addShutdownHook(closing);
        // The note is for the commands that look in the folder that was named, also when the data
        // itself is elsewhere for its short life.
        Path note = Files.createDirectories(options.data());
        new RunningPlatform(ProcessHandle.current().pid(), endpoint, System.currentTimeMillis())
                .write(note);
        console.say("Dormouse is ready at " + endpoint + ", data in " + settings.data());
        ended.await();
    }

    /// What keeps a platform from starting is told in a sentence.
    private static Platform started(Settings settings) {
        try {
            return Platform.start(settings);
        } catch (StoreFailure e) {
            throw new Failed(String.valueOf(e.getMessage()), e);
        } catch (IOException | UncheckedIOException e) {
            throw new Failed(
                    "The platform cannot start on "
                            + settings.address()
                            + " and "
                            + settings.data()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static String hostAndPort(Settings settings, int port) {
        String address = settings.address().getAddress().getHostAddress();
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    private void close(Platform platform, Settings settings) {
        platform.close();
        try {
            RunningPlatform.remove(options.data());
            if (settings.ephemeral()) {
                Platform.delete(settings.data());
            }
        } catch (IOException e) {
            options.console().progress("Cannot clean up: " + e.getMessage());
        }
    }
}
