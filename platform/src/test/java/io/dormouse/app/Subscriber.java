package io.dormouse.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dormouse.worker.Serving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntUnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody else's HTTP server, which is told things.
final class Subscriber implements AutoCloseable {
    private final HttpServer server;
    private final List<Told> told = new CopyOnWriteArrayList<>();
    private volatile IntUnaryOperator answer = _ -> 200;

    /// What came.
    record Told(String type, String subscription, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    Subscriber() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.getRequestHeaders();
            int status = answer.applyAsInt(told.size());
            told.add(
                    new Told(
                            String.valueOf(headers.getFirst("x-amz-sns-message-type")),
                            String.valueOf(headers.getFirst("x-amz-sns-subscription-arn")),
                            body));
            exchange.sendResponseHeaders(status, -1);
        }
    }

    /// The status of the n-th answer, from 0.
    void answers(IntUnaryOperator status) {
        answer = status;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    List<Told> await(int count) {
        Serving.await(count + " told", () -> told.size() >= count);
        return List.copyOf(told);
    }

    List<Told> told() {
        return List.copyOf(told);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
