package io.dormouse.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The platform's account of an endpoint's starts, as a picture: one bar for each step, in the
/// order of time. Not AWS's: AWS tells one figure, `ModelSetupTime`.
record StartPage(URI platform, String endpoint) {
    private static final int WIDTH = 50;

    /// The page as the platform gives it.
    String json() {
        return get("/_dormouse/endpoints/" + endpoint + "/starts");
    }

    /// Prints the newest start.
    void print(Console console) {
        JsonNode starts = JsonMapper.shared().readTree(json()).path("starts");
        if (starts.isEmpty()) {
            console.say("   no start yet: the first request makes one");
            return;
        }
        JsonNode newest = starts.get(0);
        double total = newest.path("total_ms").asDouble();
        for (JsonNode step : newest.path("steps")) {
            double from = step.path("from_ms").asDouble();
            double took = step.path("ms").asDouble();
            int before = (int) Math.round(from / total * WIDTH);
            int bar = Math.max(1, (int) Math.round(took / total * WIDTH));
            console.say(
                    String.format(
                            Locale.ROOT,
                            "   %-16s %7.1f ms  %s%s",
                            step.path("step").asString(),
                            took,
                            " ".repeat(Math.min(before, WIDTH)),
                            "█".repeat(bar)));
        }
        console.say(
                String.format(
                        Locale.ROOT,
                        "   %-16s %7.1f ms  from %s, instance %s",
                        "all",
                        total,
                        newest.path("from").asString(),
                        newest.path("instance").asString()));
    }

    private String get(String path) {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(platform.resolve(path)).build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 404) {
                throw new Failed("There is no endpoint " + endpoint + ": see ./dormouse endpoints");
            } else if (answer.statusCode() != 200) {
                throw new Failed(
                        "The platform answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new Failed(
                    "No platform answers at " + platform + ". Start one: ./dormouse start --detach",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("Interrupted", e);
        }
    }
}
