package io.dormouse.cli;

import io.dormouse.cli.StoredArtifacts.PackageArtifact;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Command;
import io.dormouse.cli.line.Console;
import io.dormouse.cli.line.Option;
import io.dormouse.cli.line.Syntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

record ArtifactsCommand() implements Command {
    private static final Option<String> BUCKET =
            Option.text("--bucket", "NAME", "look at this bucket alone");

    private static final Option<Integer> DAYS =
            Option.number(
                            "--days",
                            "N",
                            1,
                            3650,
                            "what lifecycle rules would do until the Nth midnight in UTC from now")
                    .or(1);

    private static final Option<Integer> LINES =
            Option.number("--lines", "N", 1, 1000, "how much of what would go is listed").or(20);

    @Override
    public Syntax syntax() {
        return new Syntax(
                "artifacts",
                "Show what buckets and model packages hold and would cost in S3, and what lifecycle"
                        + " rules would remove or keep. Nothing is removed: the rules are asked, not"
                        + " executed.",
                Optional.empty(),
                CommonOptions.and(BUCKET, DAYS, LINES),
                List.of(
                        "./dormouse artifacts --days 30",
                        "./dormouse artifacts --bucket models --json"));
    }

    @Override
    public int run(Arguments arguments, Console console) {
        CommonOptions options = new CommonOptions(arguments, console);
        Clients clients = options.clients();
        StoredArtifacts stored;
        try (S3Client s3 = clients.s3();
                SageMakerClient sageMaker = clients.sageMaker()) {
            stored = StoredArtifacts.of(s3, sageMaker, arguments.find(BUCKET));
        }
        Optional<JsonNode> rules =
                new OwnPage(clients.endpoint())
                        .signed(clients, "/_dormouse/artifacts?days=" + arguments.get(DAYS))
                        .map(JsonMapper.shared()::readTree);
        if (options.json()) {
            console.say(JsonMapper.shared().writeValueAsString(json(stored, rules)));
        } else {
            prefixes(stored, console);
            packages(stored, console);
            int lines = arguments.get(LINES);
            rules.ifPresentOrElse(
                    page -> rules(page, lines, console),
                    () ->
                            console.say(
                                    "\nWhat lifecycle rules would do is a page of Dormouse's own,"
                                            + " which "
                                            + clients.endpoint()
                                            + " does not have."));
        }
        return 0;
    }

    private static ObjectNode json(StoredArtifacts stored, Optional<JsonNode> rules) {
        long total = stored.paidBytes();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("price_assumption", StoragePrice.ASSUMPTION);
        json.put("bytes", total).put("usd_month", StoragePrice.usd(total));
        ArrayNode prefixes = json.putArray("prefixes");
        for (StoredPrefix each : stored.prefixes()) {
            prefixes.addObject()
                    .put("bucket", each.bucket())
                    .put("prefix", each.prefix())
                    .put("objects", each.objects())
                    .put("bytes", each.bytes())
                    .put("noncurrent_versions", each.noncurrent())
                    .put("noncurrent_bytes", each.noncurrentBytes())
                    .put("uploads", each.uploads())
                    .put("upload_bytes", each.uploadBytes())
                    .put("usd_month", StoragePrice.usd(each.paidBytes(), total));
        }
        ArrayNode packages = json.putArray("model_packages");
        for (PackageArtifact each : stored.packages()) {
            ObjectNode node =
                    packages.addObject()
                            .put("model_package", each.name())
                            .put("status", each.status())
                            .put("uri", each.uri());
            each.bytes()
                    .ifPresent(bytes ->
                            node.put("bytes", bytes)
                                    .put("usd_month", StoragePrice.usd(bytes, total)));
        }
        rules.ifPresent(page -> json.set("rules", page));
        return json;
    }

    private static void prefixes(StoredArtifacts stored, Console console) {
        long total = stored.paidBytes();
        List<List<String>> rows = new ArrayList<>();
        for (StoredPrefix each : stored.prefixes()) {
            rows.add(
                    List.of(
                            each.bucket() + "/" + each.prefix(),
                            String.valueOf(each.objects()),
                            size(each.bytes()),
                            size(each.noncurrentBytes()),
                            size(each.uploadBytes()),
                            usd(StoragePrice.usd(each.paidBytes(), total))));
        }
        rows.add(List.of("all", "", size(total), "", "", usd(StoragePrice.usd(total))));
        console.table(
                List.of("BUCKET/PREFIX", "OBJECTS", "SIZE", "OLD VERSIONS", "UPLOADS", "$/MONTH"),
                rows);
        console.say("Assumed: " + StoragePrice.ASSUMPTION + ".");
    }

    private static void packages(StoredArtifacts stored, Console console) {
        if (stored.packages().isEmpty()) {
            return;
        }
        long total = stored.paidBytes();
        console.say("");
        console.table(
                List.of("MODEL PACKAGE", "STATUS", "SIZE", "$/MONTH", "ARTIFACT"),
                stored.packages().stream()
                        .map(each ->
                                List.of(
                                        each.name(),
                                        each.status(),
                                        each.bytes().map(ArtifactsCommand::size).orElse("gone"),
                                        each.bytes()
                                                .map(bytes -> usd(StoragePrice.usd(bytes, total)))
                                                .orElse(""),
                                        each.uri()))
                        .toList());
    }

    private static void rules(JsonNode page, int lines, Console console) {
        String by = page.path("by").asString();
        list(page.path("removed"), "By " + by + " lifecycle rules would remove", lines, console);
        list(page.path("kept"), "Due by then, and kept because it is needed:", lines, console);
    }

    private static void list(JsonNode what, String title, int lines, Console console) {
        console.say(
                "\n"
                        + title
                        + " "
                        + what.path("count").asLong()
                        + " ("
                        + size(what.path("bytes").asLong())
                        + ")");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode each : what.path("entries")) {
            if (rows.size() < lines) {
                rows.add(
                        List.of(
                                "s3://"
                                        + each.path("bucket").asString()
                                        + "/"
                                        + each.path("key").asString(),
                                size(each.path("bytes").asLong()),
                                each.path("rule").asString(),
                                each.path("why").asString()));
            }
        }
        if (!rows.isEmpty()) {
            console.table(List.of("OBJECT", "FREES", "RULE", "WHY"), rows);
        }
    }

    private static String size(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < 4) {
            amount /= 1024;
            unit++;
        }
        return String.format(
                Locale.ROOT,
                unit == 0 ? "%.0f %s" : "%.1f %s",
                amount,
                List.of("B", "KB", "MB", "GB", "TB").get(unit));
    }

    private static String usd(double amount) {
        return String.format(Locale.ROOT, "%.4f", amount);
    }
}
