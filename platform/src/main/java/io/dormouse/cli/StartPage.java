package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import java.io.IOException;
import java.net.URI;
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
        try {
            OwnPage.Answer answer = new OwnPage(platform).ask(path);
            return switch (answer.status()) {
                case 200 -> answer.body();
                case 404 ->
                        throw new Failed(
                                "There is no endpoint " + endpoint + ": see ./dormouse endpoints");
                default ->
                        throw new Failed(
                                "The platform answered " + answer.status() + ": " + answer.body());
            };
        } catch (IOException e) {
            throw new Failed(
                    "No platform answers at " + platform + ". Start one: ./dormouse start --detach",
                    e);
        }
    }
}
