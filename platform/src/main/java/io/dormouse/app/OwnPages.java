package io.dormouse.app;

import io.dormouse.artifact.RulesPage;
import io.dormouse.gateway.EndpointPages;
import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.worker.Capacity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is ours and not AWS's: `/health` and what is under `/_dormouse/`.
record OwnPages(Settings settings, MovableClock clock, Rooms rooms, Reset reset)
        implements Handler {
    private static final int BODY_BYTES_MAX = 4096;

    /// Empties the platform.
    @FunctionalInterface
    interface Reset {
        void run() throws IOException;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        String path = exchange.path();
        boolean isGuarded = exchange.method().equals("POST") || path.equals(RulesPage.PATH);
        boolean isForReaders = path.equals(MetricsPage.PATH) && !hasToken(exchange);
        if ((isGuarded || isForReaders) && !isAllowed(exchange)) {
            return;
        }
        if (path.equals("/health")) {
            json(exchange, 200, "{\"status\":\"ok\"}");
        } else if (path.startsWith(EndpointPages.PREFIX) && exchange.method().equals("GET")) {
            rooms.endpointPages().handle(exchange);
        } else if (path.equals(Passes.PATH) && exchange.method().equals("GET")) {
            rooms.passes().handle(exchange);
        } else if (path.equals(RulesPage.PATH) && exchange.method().equals("GET")) {
            rooms.rulesPage().handle(exchange);
        } else if (path.equals(MetricsPage.PATH) && exchange.method().equals("GET")) {
            rooms.metricsPage().handle(exchange);
        } else if (path.equals("/_dormouse/status") && exchange.method().equals("GET")) {
            json(exchange, 200, status());
        } else if (!settings.ephemeral()) {
            error(exchange, 404, "There is no " + path + " here (an ephemeral platform has more)");
        } else if (path.equals("/_dormouse/reset") && exchange.method().equals("POST")) {
            reset.run();
            json(exchange, 200, "{}");
        } else if (path.equals("/_dormouse/clock") && exchange.method().equals("POST")) {
            advance(exchange);
        } else {
            error(exchange, 404, "There is no " + exchange.method() + " " + path);
        }
    }

    /// What the machine gives out, and what waits for models.
    private String status() {
        Capacity.Usage usage = rooms.workers().capacity().usage();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("data", settings.data().toString());
        status.put("ephemeral", settings.ephemeral());
        status.put("memory_mb", usage.memoryMb());
        status.put("memory_total_mb", usage.memoryTotalMb());
        status.put("cores", usage.cores());
        status.put("cores_total", usage.coresTotal());
        status.put("memory_mb_by_owner", usage.byOwner());
        status.put("isolation", rooms.workers().isolation());
        status.put("limits", rooms.workers().limits());
        status.put("warm_workers", rooms.workers().warm().ready());
        status.put("warm_problem", rooms.workers().warm().problem());
        return JsonMapper.shared().writeValueAsString(status);
    }

    /// Prometheus signs nothing: where keys are set it has a token instead.
    private boolean hasToken(Exchange exchange) {
        String token = settings.keys().map(Settings.Keys::metricsToken).orElse("");
        byte[] given = exchange.header("Authorization").orElse("").getBytes(StandardCharsets.UTF_8);
        byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        return !token.isEmpty() && MessageDigest.isEqual(given, expected);
    }

    /// What changes the platform or names its objects is signed for as AWS's own requests are.
    private boolean isAllowed(Exchange exchange) throws IOException {
        try {
            rooms.authenticator().verify(exchange);
            return true;
        } catch (AwsServiceException e) {
            error(exchange, e.statusCode(), e.awsErrorDetails().errorMessage());
            return false;
        }
    }

    private void advance(Exchange exchange) throws IOException {
        try {
            JsonNode body = JsonMapper.shared().readTree(exchange.buffer(BODY_BYTES_MAX));
            JsonNode seconds = body.path("advance_seconds");
            if (!seconds.isNumber() || seconds.asDouble() < 0) {
                error(exchange, 400, "Expected {\"advance_seconds\": N}, N at least 0");
                return;
            }
            Duration by = Duration.ofMillis(Math.round(seconds.asDouble() * 1000));
            json(exchange, 200, "{\"now\":\"" + clock.advance(by) + "\"}");
        } catch (JacksonException e) {
            error(exchange, 400, "Expected {\"advance_seconds\": N}: " + e.getOriginalMessage());
        }
    }

    private static void error(Exchange exchange, int status, String sentence) throws IOException {
        json(exchange, status, JsonMapper.shared().writeValueAsString(Map.of("message", sentence)));
    }

    private static void json(Exchange exchange, int status, String body) throws IOException {
        exchange.answer(
                status,
                Map.of("Content-Type", "application/json"),
                (body + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
