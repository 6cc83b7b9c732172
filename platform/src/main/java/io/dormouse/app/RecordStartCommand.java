package io.dormouse.app;

import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Syntax;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/// A start that answers requests of each protocol and ends: what the launcher records the start-up
/// cache of platforms from. That of the commands is another one, for what is in a cache costs each
/// start, used or not.
record RecordStartCommand() implements Command {
    /// Begins with a dot: no word for users.
    static final String WORD = ".record-start";

    @Override
    public Syntax syntax() {
        return new Syntax(
                WORD,
                "Start, answer and end, for the start-up cache.",
                Optional.empty(),
                StartOptions.all(),
                List.of());
    }

    @Override
    public int run(Arguments arguments, Console console) throws IOException, InterruptedException {
        speak(Served.start(arguments, console).endpoint());
        return 0;
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
