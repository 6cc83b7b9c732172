package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.worker.Serving;
import io.dormouse.worker.Tuning;
import io.dormouse.worker.WorkerGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTest {
    private final WorkerGroup group = new Serving().pools.create(Serving.spec(5, Tuning.DEFAULT));

    private Variant variant(String name, double weight) {
        return new Variant(name, weight, 0, group);
    }

    @Test
    void eachVariantGetsItsWeightsShare() {
        Route route = new Route("e", List.of(variant("a", 1), variant("b", 3), variant("none", 0)));
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            counts.merge(route.at(i / 1000.0).name(), 1, Integer::sum);
        }
        assertEquals(Map.of("a", 250, "b", 750), counts);
    }

    @Test
    void withoutAnyWeightTheFirstServes() {
        Route route = new Route("e", List.of(variant("a", 0), variant("b", 0)));
        assertEquals("a", route.at(0.99).name());
    }

    @Test
    void aTableThatChangesLeavesTheOldOneAsItWas() {
        Routes routes = new Routes();
        RoutingTable before = routes.current();
        routes.update(table -> table.with(new Route("e", List.of(variant("a", 1)))));
        assertTrue(before.route("e").isEmpty());
        assertTrue(routes.current().route("e").isPresent());
        assertTrue(routes.current().route("E").isEmpty(), "names are matched exactly");
        routes.update(table -> table.without("e"));
        assertTrue(routes.current().route("e").isEmpty());
    }

    @Test
    void whatCanNotBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Route("e", List.of()));
        assertThrows(IllegalArgumentException.class, () -> variant("a", -1));
        assertThrows(IllegalArgumentException.class, () -> variant("a", Double.NaN));
    }
}
