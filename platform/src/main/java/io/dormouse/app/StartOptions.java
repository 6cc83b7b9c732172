package io.dormouse.app;

import io.dormouse.aws.Caller;
import io.dormouse.cli.CommonOptions;
import io.dormouse.cli.Failed;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Option;
import io.dormouse.gateway.payload.PayloadSettings;
import io.dormouse.worker.docker.DockerSettings;
import io.dormouse.worker.process.ProcessSettings.Isolation;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What a platform is started with: by options and by variables of the environment.
final class StartOptions {
    private static final int PORT_MAX = 65_535;
    private static final int WARM_MAX = 64;
    private static final long PAYLOAD_BYTES_MAX = 6_291_456;
    private static final long STRICT_PAYLOAD_BYTES_MAX = 4_194_304;

    static final Option<Integer> PORT =
            Option.number("--port", "N", 0, PORT_MAX, "where to listen; 0 takes a free port")
                    .or(CommonOptions.DEFAULT_PORT);
    static final Option<String> HOST =
            Option.text(
                    "--host",
                    "ADDRESS",
                    "127.0.0.1",
                    "the address to listen on; other than loopback needs DORMOUSE_ACCESS_KEY_ID and"
                            + " DORMOUSE_SECRET_ACCESS_KEY");
    static final Option<Boolean> DETACH =
            Option.flag("return when it is ready, and leave it running", "--detach");
    static final Option<Boolean> EPHEMERAL =
            Option.flag(
                    "data in a temporary folder that goes with the process; POST /_dormouse/reset"
                            + " and /_dormouse/clock are served: for tests",
                    "--ephemeral");
    static final Option<Integer> WARM_POOL =
            Option.number(
                            "--warm-pool",
                            "N",
                            0,
                            WARM_MAX,
                            "generic instances kept ready for any model")
                    .or(1);
    static final Option<String> ISOLATION =
            Option.word(
                            "--isolation",
                            "WHAT",
                            List.of("all", "bubblewrap", "jobs", "none"),
                            "what is kept from the network and the files of this machine:"
                                    + " instances and jobs (all; bubblewrap: by that alone), jobs, or"
                                    + " none")
                    .or("all");

    static final Option<Boolean> STRICT =
            Option.flag(
                    "payloads as large as AWS's serverless endpoints take: 4 MB each way, not 6",
                    "--strict");

    private StartOptions() {}

    /// All of them.
    static List<Option<?>> all() {
        return CommonOptions.and(PORT, HOST, DETACH, EPHEMERAL, WARM_POOL, ISOLATION, STRICT);
    }

    /// The arguments of the process that stays.
    static List<String> handedOn(Arguments arguments) {
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
        if (arguments.get(STRICT)) {
            words.add("--strict");
        }
        return words;
    }

    /// @param data the folder of the platform's state
    static Settings settings(Arguments arguments, Path data) {
        InetSocketAddress address = new InetSocketAddress(arguments.get(HOST), arguments.get(PORT));
        if (address.isUnresolved()) {
            throw new Failed("There is no address " + arguments.get(HOST) + " on this machine");
        }
        try {
            Caller owner =
                    Caller.root(
                            environment("DORMOUSE_ACCOUNT", Caller.DEFAULT_ACCOUNT),
                            environment("DORMOUSE_REGION", Caller.DEFAULT_REGION));
            return new Settings(
                    address,
                    data,
                    arguments.get(EPHEMERAL),
                    owner,
                    keys(),
                    arguments.get(WARM_POOL),
                    arguments.get(STRICT) ? STRICT_PAYLOAD_BYTES_MAX : PAYLOAD_BYTES_MAX,
                    payloads(owner),
                    Path.of(environment("DORMOUSE_LIB", besideJar())),
                    Path.of(
                            environment(
                                    "DORMOUSE_CACHE",
                                    System.getProperty("user.home") + "/.cache/dormouse")),
                    Isolation.valueOf(arguments.get(ISOLATION).toUpperCase(Locale.ROOT)),
                    environment("DORMOUSE_PYTHON", ""),
                    checked(System.getenv(), data));
        } catch (IllegalArgumentException e) {
            throw new Failed(String.valueOf(e.getMessage()), e);
        }
    }

    /// What is wrong in them is said now and not with the first container.
    private static Map<String, String> checked(Map<String, String> environment, Path data) {
        if (environment.keySet().stream().anyMatch(StartOptions::isOfContainers)) {
            Objects.requireNonNull(DockerSettings.in(data, data, environment));
        }
        return environment;
    }

    private static boolean isOfContainers(String variable) {
        return variable.equals("DORMOUSE_IMAGES") || variable.startsWith("DORMOUSE_DOCKER_");
    }

    private static PayloadSettings payloads(Caller owner) {
        String buckets = environment("DORMOUSE_PAYLOAD_BUCKETS", "");
        PayloadSettings usual = PayloadSettings.of(owner);
        return new PayloadSettings(
                buckets.isEmpty() ? usual.buckets() : List.of(buckets.split("[, ]+", 0)),
                Duration.ofSeconds(
                        number("DORMOUSE_PAYLOAD_SECONDS", usual.lifetime().toSeconds())),
                number("DORMOUSE_PAYLOAD_BYTES_MAX", usual.bytesMax()));
    }

    private static long number(String name, long otherwise) {
        String text = environment(name, String.valueOf(otherwise));
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    name + " is '" + text + "': a whole number is expected", e);
        }
    }

    private static Optional<Settings.Keys> keys() {
        String id = environment("DORMOUSE_ACCESS_KEY_ID", "");
        String secret = environment("DORMOUSE_SECRET_ACCESS_KEY", "");
        return id.isEmpty() || secret.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Settings.Keys(id, secret, environment("DORMOUSE_METRICS_TOKEN", "")));
    }

    private static String environment(String name, String otherwise) {
        return CommonOptions.variable(name).orElse(otherwise);
    }

    /// The build lays the programs out in `lib` beside the jar.
    private static String besideJar() {
        Path jar = Path.of(System.getProperty("java.class.path").split(":", 2)[0]);
        return jar.toAbsolutePath().resolveSibling("lib").toString();
    }
}
