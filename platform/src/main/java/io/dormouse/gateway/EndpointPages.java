package io.dormouse.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dormouse.wire.Exchange;
import io.dormouse.wire.Handler;
import io.dormouse.worker.Journal;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WorkerGroup;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Why an endpoint was slow, and why it scaled: `/_dormouse/endpoints/{name}/starts`, each recent
/// start as a waterfall, and `…/decisions`, each with its reason. The newest first.
public final class EndpointPages implements Handler {
    /// Where it is mounted.
    public static final String PREFIX = "/_dormouse/endpoints/";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Routes routes;

    public EndpointPages(Routes routes) {
        this.routes = routes;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        List<String> path = List.of(exchange.path().substring(PREFIX.length()).split("/", -1));
        Optional<ObjectNode> page =
                path.size() == 2
                        ? page(URLDecoder.decode(path.getFirst(), UTF_8), path.getLast())
                        : Optional.empty();
        ObjectNode body =
                page.orElseGet(() -> NODES.objectNode().put("message", "There is no such page."));
        exchange.answer(
                page.isPresent() ? 200 : 404,
                Map.of("Content-Type", "application/json"),
                JsonMapper.shared().writeValueAsString(body).getBytes(UTF_8));
    }

    /// The page of an endpoint in service.
    Optional<ObjectNode> page(String endpoint, String page) {
        return routes.current()
                .route(endpoint)
                .flatMap(route ->
                        switch (page) {
                            case "starts" -> Optional.of(starts(route));
                            case "decisions" -> Optional.of(decisions(route));
                            default -> Optional.empty();
                        });
    }

    private record Of<T>(Variant variant, T entry) {}

    private static ObjectNode starts(Route route) {
        ObjectNode page = page(route);
        ArrayNode list = page.putArray("starts");
        route.variants().stream()
                .flatMap(EndpointPages::starts)
                .sorted(
                        Comparator.comparing((Of<Journal.Start> each) -> each.entry().at())
                                .reversed())
                .forEach(each -> list.add(start(each.variant(), each.entry())));
        return page;
    }

    private static Stream<Of<Journal.Start>> starts(Variant variant) {
        return variant.group().journal().starts().reversed().stream()
                .map(each -> new Of<>(variant, each));
    }

    private static ObjectNode start(Variant variant, Journal.Start start) {
        ObjectNode node =
                NODES.objectNode()
                        .put("variant", variant.name())
                        .put("instance", start.instance())
                        .put("at", start.at().toString())
                        .put("from", start.origin())
                        .put("cause", start.cause());
        if (!start.failure().isEmpty()) {
            node.put("failure", start.failure());
        }
        long begin = start.steps().begin();
        long last = begin;
        ArrayNode steps = NODES.arrayNode();
        for (Steps.Stamp stamp : start.steps().stamps()) {
            long from = Math.max(last, begin);
            steps.addObject()
                    .put("step", stamp.name())
                    .put("from_ms", millis(from - begin))
                    .put("ms", millis(Math.max(0, stamp.nanos() - from)));
            last = Math.max(from, stamp.nanos());
            if (stamp.name().equals(Steps.READY)) {
                // Nobody waited: what its first request did later is no part of the start.
                break;
            }
        }
        node.put("total_ms", millis(last - begin));
        node.set("steps", steps);
        return node;
    }

    /// To the microsecond.
    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    private static ObjectNode decisions(Route route) {
        ObjectNode page = page(route);
        ArrayNode list = page.putArray("decisions");
        route.variants().stream()
                .flatMap(EndpointPages::decisions)
                .sorted(
                        Comparator.comparing((Of<Journal.Decision> each) -> each.entry().at())
                                .reversed())
                .forEach(each ->
                        list.addObject()
                                .put("variant", each.variant().name())
                                .put("at", each.entry().at().toString())
                                .put("decision", each.entry().kind())
                                .put("reason", each.entry().reason()));
        return page;
    }

    private static Stream<Of<Journal.Decision>> decisions(Variant variant) {
        return variant.group().journal().decisions().reversed().stream()
                .map(each -> new Of<>(variant, each));
    }

    private static ObjectNode page(Route route) {
        ObjectNode page = NODES.objectNode().put("endpoint", route.endpoint());
        ArrayNode variants = page.putArray("variants");
        for (Variant each : route.variants()) {
            WorkerGroup.Stats stats = each.group().stats();
            variants.addObject()
                    .put("variant", each.name())
                    .put("instances", stats.instances())
                    .put("starting", stats.starting())
                    .put("busy", stats.busy())
                    .put("waiting", stats.waiting())
                    .put("max_concurrency", stats.maxConcurrency());
        }
        return page;
    }
}
