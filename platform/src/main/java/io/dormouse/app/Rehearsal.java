package io.dormouse.app;

import io.dormouse.gateway.InvocationLimits;
import io.dormouse.gateway.Invocations;
import io.dormouse.gateway.Route;
import io.dormouse.gateway.Routes;
import io.dormouse.gateway.Variant;
import io.dormouse.metrics.LogWriter;
import io.dormouse.metrics.Meters;
import io.dormouse.timing.ClockAlarms;
import io.dormouse.wire.Streaming;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.PoolSettings;
import io.dormouse.worker.Pools;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.Tuning;
import io.dormouse.worker.WarmPool;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.WorkerGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The first invocations of a platform, made by itself: a start from nothing, one from a generic
/// worker, some hundred answers. What a virtual machine does the first times that code runs
/// (linking, binding call sites, compiling) is then no client's to wait for.
///
/// The way through the server is rehearsed with an endpoint that is not there; the rest by real
/// processes on the real launcher and ledger, with a pool, a route, logs and metrics of its own
/// that go with it: no client sees any of them.
final class Rehearsal {
    private static final System.Logger LOG = System.getLogger(Rehearsal.class.getName());

    /// As no client's endpoint can be called.
    private static final String NAME = "-rehearsal";

    private static final String TYPE = "Content-Type: text/csv\r\n";
    private static final int MEMORY_MB = 512;
    private static final int INVOCATIONS = 300;
    private static final Duration WARM_WAIT = Duration.ofSeconds(5);
    private static final byte[] ROW = "1,2,3,4".getBytes(StandardCharsets.US_ASCII);

    private static final Streaming.Head HEAD =
            new Streaming.Head(
                    "InvokeEndpoint",
                    Map.of("EndpointName", NAME),
                    Map.of("content-type", List.of("text/csv")),
                    Map.of(),
                    Optional.of((long) ROW.length),
                    NAME);

    private final Launcher launcher;
    private final Capacity capacity;
    private final InstantSource clock;
    private final ClockAlarms alarms;
    private final PoolSettings settings;
    private final Routes routes = new Routes();
    private final Invocations invocations;

    Rehearsal(
            Launcher launcher,
            Capacity capacity,
            InstantSource clock,
            ClockAlarms alarms,
            PoolSettings settings,
            Meters scratch) {
        this.launcher = launcher;
        this.capacity = capacity;
        this.clock = clock;
        this.alarms = alarms;
        this.settings = settings;
        this.invocations = new Invocations(routes, scratch, InvocationLimits.DEFAULT);
    }

    /// Runs it, and returns when its processes have been told to end. What goes wrong, goes wrong
    /// again for the first client, who is told.
    ///
    /// @param here where the platform answers
    /// @param model the folder of a small one that takes four numbers
    /// @param warmSpec what generic workers are
    void run(URI here, Path model, WarmSpec warmSpec) {
        try {
            ask(here);
            invoke(model, warmSpec);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "The rehearsal ended early", e);
        }
    }

    private static void ask(URI here) throws IOException {
        try (PlainClient client = new PlainClient(here)) {
            for (int i = 0; i < INVOCATIONS; i++) {
                client.send("POST", "/endpoints/" + NAME + "/invocations", TYPE, ROW);
            }
        }
    }

    private void invoke(Path model, WarmSpec warmSpec) throws IOException {
        try (WarmPool warm = new WarmPool(launcher, capacity, clock, alarms, warmSpec, 1)) {
            Pools pools =
                    new Pools(launcher, capacity, warm, clock, alarms, LogWriter.NONE, settings);
            try (WorkerGroup fromNothing = pools.create(spec(model, Optional.of(Duration.ZERO)))) {
                invoke(fromNothing, 1);
            }
            warm.fill();
            if (isReady(warm)) {
                try (WorkerGroup fromPool = pools.create(spec(model, Optional.empty()))) {
                    invoke(fromPool, INVOCATIONS);
                }
            }
        }
    }

    private static GroupSpec spec(Path model, Optional<Duration> idle) {
        Tuning tuning = new Tuning(1, idle, 0, Duration.ZERO);
        PreparedModel prepared =
                new PreparedModel(PreparedModel.Kind.ONNX, model, Optional.empty(), 0, "");
        return new GroupSpec(NAME, "AllTraffic", prepared, MEMORY_MB, 1, 0, Map.of(), tuning);
    }

    private void invoke(WorkerGroup group, int times) throws IOException {
        Variant variant = new Variant("AllTraffic", 1, 0, group);
        routes.update(table -> table.with(new Route(NAME, List.of(variant))));
        for (int i = 0; i < times; i++) {
            Streaming.Answer answer = invocations.invoke(HEAD, new ByteArrayInputStream(ROW));
            try (Streaming.Body body = answer.body()) {
                body.writeTo(OutputStream.nullOutputStream());
            }
            if (answer.status() != 200) {
                throw new IOException("answered " + answer.status());
            }
        }
    }

    private static boolean isReady(WarmPool warm) {
        long end = System.nanoTime() + WARM_WAIT.toNanos();
        while (warm.ready() == 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        return warm.ready() > 0;
    }
}
