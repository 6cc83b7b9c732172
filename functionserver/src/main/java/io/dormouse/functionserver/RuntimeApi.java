package io.dormouse.functionserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The runtime API, on this instance's own loopback address.
final class RuntimeApi {
    private static final String API = "/2018-06-01/runtime/";
    private static final int PAYLOAD_BYTES_MAX = 6 * 1024 * 1024 + 100;
    private static final int BACKLOG = 16;
    private static final Optional<String> UNHANDLED = Optional.of("Unhandled");
    private static final byte[] OK = "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8);

    private final Bridge bridge;
    private final ServerSocket listener;

    /// @param address `host:port`, as `AWS_LAMBDA_RUNTIME_API` has it
    RuntimeApi(Bridge bridge, String address) throws IOException {
        int colon = address.lastIndexOf(':');
        this.bridge = bridge;
        this.listener =
                new ServerSocket(
                        Integer.parseInt(address, colon + 1, address.length(), 10),
                        BACKLOG,
                        InetAddress.ofLiteral(address.substring(0, colon)));
    }

    void accept() {
        while (true) {
            try {
                Socket one = listener.accept();
                one.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().name("runtime-api").start(() -> serve(one));
            } catch (IOException e) {
                // A caller that has gone already.
            }
        }
    }

    private void serve(Socket one) {
        try (one) {
            HttpConnection connection =
                    new HttpConnection(one.getInputStream(), one.getOutputStream());
            Optional<HttpMessage> head = connection.head();
            while (head.isPresent()) {
                handle(connection, connection.body(head.get()));
                head = connection.head();
            }
        } catch (IOException e) {
            // The runtime has hung up.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(HttpConnection connection, HttpMessage request)
            throws IOException, InterruptedException {
        String path = request.path();
        if (!path.startsWith(API)) {
            say(connection, 404, "InvalidPath", "there is nothing at " + path);
            return;
        }
        String[] words = path.substring(API.length()).split("/", -1);
        switch (request.method() + " " + words[words.length - 1]) {
            case "GET next" -> next(connection);
            case "POST response" -> answer(connection, words, request.body(), Optional.empty());
            case "POST error" -> {
                if (words[0].equals("init")) {
                    bridge.fail(request.body());
                    bridge.awaitTold();
                    connection.answer(202, Map.of(), OK);
                } else {
                    answer(connection, words, request.body(), UNHANDLED);
                }
            }
            default -> say(connection, 404, "InvalidPath", "there is nothing at " + path);
        }
    }

    private void next(HttpConnection connection) throws IOException, InterruptedException {
        HttpMessage event = bridge.next();
        Map<String, String> headers = new LinkedHashMap<>();
        event.headers()
                .forEach((name, value) -> {
                    if (name.startsWith("lambda-runtime-")) {
                        headers.put(name, value);
                    }
                });
        // From now on: until the runtime asked, it was the start's time.
        long timeout = Long.parseLong(event.header("x-dormouse-timeout-ms"));
        headers.put(
                "Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + timeout));
        headers.put("Content-Type", "application/json");
        connection.answer(200, headers, event.body());
    }

    private void answer(
            HttpConnection connection, String[] words, byte[] body, Optional<String> error)
            throws IOException, InterruptedException {
        String id = words.length == 3 ? words[1] : "";
        boolean large = body.length > PAYLOAD_BYTES_MAX;
        String sentence =
                "Response payload size exceeded maximum allowed payload size ("
                        + PAYLOAD_BYTES_MAX
                        + " bytes).";
        boolean taken =
                large
                        ? bridge.answer(
                                id, document("Function.ResponseSizeTooLarge", sentence), UNHANDLED)
                        : bridge.answer(id, body, error);
        if (!taken) {
            say(connection, 400, "InvalidRequestID", "that invocation is not under way");
        } else if (large) {
            say(connection, 413, "RequestEntityTooLarge", sentence);
        } else {
            if (error.isPresent()) {
                bridge.awaitTold();
            }
            connection.answer(202, Map.of(), OK);
        }
    }

    private static void say(HttpConnection connection, int status, String type, String sentence)
            throws IOException {
        connection.answer(
                status, Map.of("Content-Type", "application/json"), document(type, sentence));
    }

    private static byte[] document(String type, String sentence) {
        String plain = sentence.replace("\\", "\\\\").replace("\"", "\\\"");
        return ("{\"errorMessage\":\"" + plain + "\",\"errorType\":\"" + type + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
