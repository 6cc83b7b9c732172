package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.metrics.Meters;
import io.dormouse.worker.Serving;
import io.dormouse.worker.WorkerGroup;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Which invocations count as spilled over from provisioned concurrency.
class TrafficTest {
    private static final String PREFIX = "ServerlessProvisionedConcurrency";

    /// What is recorded of one that came while so many were answered, itself included.
    private static Map<String, Double> came(int provisioned, int concurrent, boolean cold) {
        Map<String, Double> recorded = new TreeMap<>();
        Meters meters = (_, name, _, value, _) -> recorded.put(name, value);
        WorkerGroup group = new Serving().pools.create(Serving.spec(5, Serving.slots(1)));
        Variant variant = new Variant("AllTraffic", 1, provisioned, group);
        new Traffic("churn", variant)
                .came(meters, new WorkerGroup.Stats(2, 0, concurrent, 0, 5), cold);
        return recorded;
    }

    @Test
    void whatIsProvisionedIsUsedFirst() {
        Map<String, Double> second = came(2, 2, false);
        assertEquals(0, second.get(PREFIX + "SpilloverInvocations"));
        assertEquals(1, second.get(PREFIX + "Invocations"));
        assertEquals(1, second.get(PREFIX + "Utilization"));
        Map<String, Double> third = came(2, 3, false);
        assertEquals(1, third.get(PREFIX + "SpilloverInvocations"));
        assertEquals(0, third.get(PREFIX + "Invocations"));
        assertEquals(2, third.get(PREFIX + "Executions"));
        assertEquals(0.6, third.get("ServerlessConcurrentExecutionsUtilization"));
    }

    @Test
    void whoNeededAStartSpilledOverThoughOthersAreDoneByNow() {
        Map<String, Double> late = came(2, 1, true);
        assertEquals(1, late.get(PREFIX + "SpilloverInvocations"));
        assertEquals(0.5, late.get(PREFIX + "Utilization"));
    }

    @Test
    void withoutProvisionedConcurrencyNothingIsSaidOfIt() {
        assertEquals(
                Set.of("Invocations", "ServerlessConcurrentExecutionsUtilization"),
                came(0, 1, true).keySet());
    }
}
