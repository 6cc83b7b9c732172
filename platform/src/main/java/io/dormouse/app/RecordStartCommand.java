package io.dormouse.app;

import io.dormouse.aws.Caller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// A start that answers one request of each protocol and one command, and ends: what the launcher
/// records the start-up cache from.
@Command(name = "record-start", hidden = true)
final class RecordStartCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("dormouse-record").toRealPath();
        Settings settings =
                new Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        data,
                        true,
                        Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION),
                        Optional.empty(),
                        0,
                        1 << 20,
                        data.resolve("programs"),
                        data.resolve("cache"));
        try (Platform platform = Platform.start(settings)) {
            String endpoint = "http://127.0.0.1:" + platform.port();
            speak(URI.create(endpoint));
            return Main.commandLine()
                    .execute("endpoints", "--endpoint-url", endpoint, "--data", data.toString());
        } finally {
            Platform.delete(data);
        }
    }

    private static void speak(URI endpoint) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            send(http, HttpRequest.newBuilder(endpoint.resolve("/health")).GET());
            send(
                    http,
                    HttpRequest.newBuilder(endpoint)
                            .header("X-Amz-Target", "SageMaker.ListModels")
                            .header("Content-Type", "application/x-amz-json-1.1")
                            .POST(HttpRequest.BodyPublishers.ofString("{}")));
            send(
                    http,
                    HttpRequest.newBuilder(endpoint)
                            .header("X-Amz-Target", "GraniteServiceVersion20100801.ListMetrics")
                            .header("Content-Type", "application/x-amz-json-1.0")
                            .POST(HttpRequest.BodyPublishers.ofString("{}")));
            send(
                    http,
                    HttpRequest.newBuilder(endpoint)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "Action=GetCallerIdentity&Version=2011-06-15")));
            send(
                    http,
                    HttpRequest.newBuilder(endpoint.resolve("/recorded"))
                            .PUT(HttpRequest.BodyPublishers.noBody()));
            send(
                    http,
                    HttpRequest.newBuilder(endpoint.resolve("/recorded/object"))
                            .PUT(HttpRequest.BodyPublishers.ofString("text")));
            send(http, HttpRequest.newBuilder(endpoint.resolve("/recorded/object")).GET());
            send(
                    http,
                    HttpRequest.newBuilder(endpoint.resolve("/endpoints/none/invocations"))
                            .POST(HttpRequest.BodyPublishers.ofString("1")));
        }
    }

    private static void send(HttpClient http, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        http.send(request.build(), HttpResponse.BodyHandlers.discarding());
    }
}
