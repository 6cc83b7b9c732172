package io.dormouse.app;

import io.dormouse.artifact.Folders;
import io.dormouse.aws.Caller;
import io.dormouse.cli.CommonOptions;
import io.dormouse.cli.DetachedStart;
import io.dormouse.cli.Failed;
import io.dormouse.cli.RunningPlatform;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import io.dormouse.store.StoreFailure;
import io.dormouse.worker.process.ProcessSettings.Isolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

record StartCommand() implements Command {
    private static final int PORT_MAX = 65_535;
    private static final int WARM_MAX = 64;
    private static final long PAYLOAD_BYTES_MAX = 6_291_456;

    private static final Option<Integer> PORT =
            Option.number("--port", "N", 0, PORT_MAX, "where to listen; 0 takes a free port")
                    .or(CommonOptions.DEFAULT_PORT);
    private static final Option<String> HOST =
            Option.text(
                    "--host",
                    "ADDRESS",
                    "127.0.0.1",
                    "the address to listen on; other than loopback needs DORMOUSE_ACCESS_KEY_ID and"
                            + " DORMOUSE_SECRET_ACCESS_KEY");
    private static final Option<Boolean> DETACH =
            Option.flag("return when it is ready, and leave it running", "--detach");
    private static final Option<Boolean> EPHEMERAL =
            Option.flag(
                    "data in a temporary folder that goes with the process; POST /_dormouse/reset"
                            + " and /_dormouse/clock are served: for tests",
                    "--ephemeral");
    private static final Option<Integer> WARM_POOL =
            Option.number(
                            "--warm-pool",
                            "N",
                            0,
                            WARM_MAX,
                            "generic instances kept ready for any model")
                    .or(1);
    private static final Option<String> ISOLATION =
            Option.word(
                            "--isolation",
                            "WHAT",
                            List.of("all", "bubblewrap", "jobs", "none"),
                            "what is kept from the network and the files of this machine:"
                                    + " instances and jobs (all; bubblewrap: by that alone), jobs, or"
                                    + " none")
                    .or("all");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "start",
                "Start a platform in the foreground. It ends on Ctrl-C or ./dormouse stop, and"
                        + " prints one line when it is ready.",
                Optional.empty(),
                CommonOptions.and(PORT, HOST, DETACH, EPHEMERAL, WARM_POOL, ISOLATION),
                List.of("./dormouse start --detach", "./dormouse start --ephemeral --port 0"));
    }

    @Override
    public int run(Arguments arguments, Console console) throws IOException, InterruptedException {
        CommonOptions options = new CommonOptions(arguments, console);
        if (arguments.get(DETACH)) {
            RunningPlatform platform =
                    new DetachedStart(options.data(), handedOn(arguments)).start();
            ready(options, console, platform.pid(), platform.endpoint(), Optional.empty());
            return 0;
        }
        boolean ephemeral = arguments.get(EPHEMERAL);
        Path data =
                ephemeral
                        ? Files.createTempDirectory("dormouse").toRealPath()
                        : folder(options.data());
        serve(settings(arguments, data), options, console);
        return 0;
    }

    private static Path folder(Path data) {
        try {
            return Files.createDirectories(data);
        } catch (IOException e) {
            throw new Failed(
                    "The data folder "
                            + data
                            + " cannot be made ("
                            + e
                            + "): name another with --data",
                    e);
        }
    }

    /// The arguments of the process that stays.
    private static List<String> handedOn(Arguments arguments) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--port",
                                arguments.get(PORT).toString(),
                                "--host",
                                arguments.get(HOST),
                                "--warm-pool",
                                arguments.get(WARM_POOL).toString(),
                                "--isolation",
                                arguments.get(ISOLATION)));
        if (arguments.get(EPHEMERAL)) {
            words.add("--ephemeral");
        }
        return words;
    }

    private static Settings settings(Arguments arguments, Path data) {
        InetSocketAddress address = new InetSocketAddress(arguments.get(HOST), arguments.get(PORT));
        if (address.isUnresolved()) {
            throw new Failed("There is no address " + arguments.get(HOST) + " on this machine");
        }
        try {
            return new Settings(
                    address,
                    data,
                    arguments.get(EPHEMERAL),
                    Caller.root(
                            environment("DORMOUSE_ACCOUNT", Caller.DEFAULT_ACCOUNT),
                            environment("DORMOUSE_REGION", Caller.DEFAULT_REGION)),
                    keys(),
                    arguments.get(WARM_POOL),
                    PAYLOAD_BYTES_MAX,
                    Path.of(environment("DORMOUSE_LIB", besideJar())),
                    Path.of(
                            environment(
                                    "DORMOUSE_CACHE",
                                    System.getProperty("user.home") + "/.cache/dormouse")),
                    Isolation.valueOf(arguments.get(ISOLATION).toUpperCase(Locale.ROOT)));
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
        return CommonOptions.variable(name).orElse(otherwise);
    }

    /// The build lays the programs out in `lib` beside the jar.
    private static String besideJar() {
        Path jar = Path.of(System.getProperty("java.class.path").split(":", 2)[0]);
        return jar.toAbsolutePath().resolveSibling("lib").toString();
    }

    private static void serve(Settings settings, CommonOptions options, Console console)
            throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Platform platform = started(settings);
        URI endpoint = URI.create("http://" + hostAndPort(settings, platform.port()));
        // The note is for the commands that look in the folder that was named, also when the data
        // itself is elsewhere for its short life.
        Path note = Files.createDirectories(options.data());
        Thread closing =
                Thread.ofPlatform()
                        .name("closing")
                        .unstarted(() -> {
                            close(platform, settings, note, console);
                            ended.countDown();
                        });
        Runtime.getRuntime().addShutdownHook(closing);
        long pid = ProcessHandle.current().pid();
        new RunningPlatform(pid, endpoint, System.currentTimeMillis()).write(note);
        ready(options, console, pid, endpoint, Optional.of(settings.data()));
        ended.await();
    }

    private static void ready(
            CommonOptions options, Console console, long pid, URI endpoint, Optional<Path> data) {
        if (options.json()) {
            console.say("{\"endpoint\":\"%s\",\"pid\":%d}".formatted(endpoint, pid));
        } else {
            console.say(
                    "Dormouse is ready at "
                            + endpoint
                            + data.map(folder -> ", data in " + folder).orElse(""));
        }
    }

    /// What keeps a platform from starting is told in a sentence.
    private static Platform started(Settings settings) {
        try {
            return Platform.start(settings);
        } catch (StoreFailure e) {
            throw new Failed(String.valueOf(e.getMessage()), e);
        } catch (IOException | UncheckedIOException e) {
            throw new Failed(
                    isTaken(e)
                            ? "Port "
                                    + settings.address().getPort()
                                    + " is taken: name another with --port, or 0 for a free one"
                            : "The platform cannot start on "
                                    + settings.address()
                                    + " and "
                                    + settings.data()
                                    + ": "
                                    + e.getMessage(),
                    e);
        }
    }

    private static boolean isTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private static String hostAndPort(Settings settings, int port) {
        String address = settings.address().getAddress().getHostAddress();
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    private static void close(Platform platform, Settings settings, Path note, Console console) {
        platform.close();
        try {
            RunningPlatform.remove(note);
            if (settings.ephemeral()) {
                Folders.delete(settings.data());
            }
        } catch (IOException e) {
            console.progress("Cannot clean up: " + e.getMessage());
        }
    }
}
