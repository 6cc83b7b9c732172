package io.dormouse.gateway;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// The routing table in force. The control plane replaces it whole; a request reads it once.
///
/// To replace a version of an endpoint: publish the route to the new group first, then drain the
/// old one. A request that had read the old table and finds its group draining reads again.
public final class Routes {
    private final AtomicReference<RoutingTable> table = new AtomicReference<>(RoutingTable.EMPTY);

    public RoutingTable current() {
        return table.get();
    }

    /// Publishes a change: `routes.update(table -> table.with(route))`.
    public void update(UnaryOperator<RoutingTable> change) {
        table.updateAndGet(change);
    }
}
