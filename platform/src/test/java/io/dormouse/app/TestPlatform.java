package io.dormouse.app;

import io.dormouse.aws.Caller;
import io.dormouse.cli.line.Console;
import io.dormouse.gateway.payload.PayloadSettings;
import io.dormouse.worker.process.ProcessSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A whole platform on a folder and a free port, and commands against it, as `./dormouse` runs
/// them.
final class TestPlatform implements AutoCloseable {
    private static final Path MODEL_SERVER =
            Path.of("../modelserver/target/modelserver-0.1.0-all.jar");
    private static final Path FUNCTION_SERVER =
            Path.of("../functionserver/target/functionserver-0.1.0-all.jar");

    private final Path folder;
    private final Platform platform;

    /// @param code the exit code
    /// @param out standard output, without the last newline
    /// @param err standard error, the same
    record Ran(int code, String out, String err) {}

    /// What a test may set.
    record SettingsBuilder(
            Path folder,
            boolean ephemeral,
            Optional<Settings.Keys> keys,
            InetAddress address,
            Map<String, String> environment) {
        SettingsBuilder lasting() {
            return new SettingsBuilder(folder, false, keys, address, environment);
        }

        SettingsBuilder with(Settings.Keys key) {
            return new SettingsBuilder(folder, ephemeral, Optional.of(key), address, environment);
        }

        SettingsBuilder at(InetAddress other) {
            return new SettingsBuilder(folder, ephemeral, keys, other, environment);
        }

        SettingsBuilder with(Map<String, String> variables) {
            return new SettingsBuilder(folder, ephemeral, keys, address, variables);
        }

        Settings build() throws IOException {
            Path programs = Files.createDirectories(folder.resolve("programs"));
            if (hasModelServer() && !Files.exists(programs.resolve("modelserver.jar"))) {
                Files.createSymbolicLink(
                        programs.resolve("modelserver.jar"), MODEL_SERVER.toRealPath());
            }
            if (hasFunctionServer() && !Files.exists(programs.resolve("functionserver.jar"))) {
                Files.createSymbolicLink(
                        programs.resolve("functionserver.jar"), FUNCTION_SERVER.toRealPath());
            }
            return new Settings(
                    new InetSocketAddress(address, 0),
                    folder.resolve("data"),
                    ephemeral,
                    Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION),
                    keys,
                    0,
                    1 << 20,
                    PayloadSettings.of(Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION)),
                    programs,
                    // Not in the test's folder: an installation may outlive a short platform.
                    Path.of("target/installed").toAbsolutePath(),
                    ProcessSettings.Isolation.ALL,
                    System.getenv().getOrDefault("DORMOUSE_PYTHON", ""),
                    environment);
        }
    }

    TestPlatform(SettingsBuilder settings) throws IOException {
        this.folder = settings.folder();
        this.platform = Platform.start(settings.build());
    }

    static SettingsBuilder settings(Path folder) {
        return new SettingsBuilder(
                folder, true, Optional.empty(), InetAddress.getLoopbackAddress(), Map.of());
    }

    /// Whether the model server has been packaged: `./build` does that before these tests.
    static boolean hasModelServer() {
        return Files.exists(MODEL_SERVER);
    }

    /// The same of what runs Java functions.
    static boolean hasFunctionServer() {
        return Files.exists(FUNCTION_SERVER);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + platform.port());
    }

    /// Runs a command against this platform.
    Ran run(String... words) {
        String[] all = new String[words.length + 4];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--endpoint-url";
        all[words.length + 1] = endpoint().toString();
        all[words.length + 2] = "--data";
        all[words.length + 3] = folder.resolve("nowhere").toString();
        return execute(all);
    }

    /// Runs a command as it is.
    static Ran execute(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(new PrintWriter(out), new PrintWriter(err));
        int code = Main.commandLine().execute(console, words);
        return new Ran(code, out.toString().stripTrailing(), err.toString().stripTrailing());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(endpoint().resolve(path)));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(endpoint().resolve(path))
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    static HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Override
    public void close() {
        platform.close();
    }
}
