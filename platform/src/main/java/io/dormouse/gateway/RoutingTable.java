package io.dormouse.gateway;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which endpoints are in service, and where their requests go. Immutable.
public final class RoutingTable {
    public static final RoutingTable EMPTY = new RoutingTable(Map.of());

    private final Map<String, Route> routes;

    private RoutingTable(Map<String, Route> routes) {
        this.routes = routes;
    }

    /// The route of an endpoint in service. Names are matched exactly, as AWS does when it invokes.
    public Optional<Route> route(String endpoint) {
        return Optional.ofNullable(routes.get(endpoint));
    }

    public Map<String, Route> routes() {
        return routes;
    }

    /// This table with an endpoint put into service, or its requests sent elsewhere.
    public RoutingTable with(Route route) {
        Map<String, Route> copy = new HashMap<>(routes);
        copy.put(route.endpoint(), route);
        return new RoutingTable(Map.copyOf(copy));
    }

    /// This table without an endpoint.
    public RoutingTable without(String endpoint) {
        Map<String, Route> copy = new HashMap<>(routes);
        copy.remove(endpoint);
        return new RoutingTable(Map.copyOf(copy));
    }
}
