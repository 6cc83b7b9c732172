package io.dormouse.functionserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Answers the platform, on one connection: `POST /invocations`, `GET /ping`.
final class Asked implements Runnable {
    private static final byte[] NOTHING = new byte[0];

    private final Bridge bridge;
    private final HttpConnection connection;
    private final long mainAt;
    private boolean stamped;

    /// @param mainAt when this program began, nanoseconds
    Asked(Bridge bridge, HttpConnection connection, long mainAt) {
        this.bridge = bridge;
        this.connection = connection;
        this.mainAt = mainAt;
    }

    /// Until the platform hangs up, which ends this process.
    @Override
    public void run() {
        try {
            while (serve()) {
                // The next one.
            }
        } catch (IOException e) {
            // The platform is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }

    private boolean serve() throws IOException, InterruptedException {
        Optional<HttpMessage> head = connection.head();
        if (head.isEmpty()) {
            return false;
        }
        Optional<Bridge.Result> failure = bridge.awaitReady();
        if (!head.get().header("expect").isEmpty()) {
            connection.goOn();
        }
        HttpMessage request = connection.body(head.get());
        if (!request.path().equals("/ping")) {
            invoke(request, failure.isPresent());
        } else if (failure.isPresent()) {
            String why = new String(failure.get().body(), StandardCharsets.UTF_8);
            byte[] sentence =
                    ("the function cannot be initialised: " + why).getBytes(StandardCharsets.UTF_8);
            connection.answer(500, Map.of("Connection", "close"), sentence);
        } else {
            connection.answer(200, Map.of(), NOTHING);
        }
        bridge.told();
        return failure.isEmpty();
    }

    private void invoke(HttpMessage request, boolean last)
            throws IOException, InterruptedException {
        long readyAt = System.nanoTime();
        Bridge.Result result = bridge.ask(request);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Dormouse-Nanos", Long.toString(result.nanos()));
        result.error().ifPresent(error -> headers.put("X-Dormouse-Function-Error", error));
        if (!stamped) {
            stamped = true;
            headers.put(
                    "X-Dormouse-Steps",
                    "main=" + mainAt + ",model=" + readyAt + ",answer=" + System.nanoTime());
        }
        if (last) {
            headers.put("Connection", "close");
        }
        connection.answer(200, headers, result.body());
    }
}
