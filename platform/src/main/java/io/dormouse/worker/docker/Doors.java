package io.dormouse.worker.docker;

import io.dormouse.worker.LogSink;
import io.dormouse.worker.Network;
import io.dormouse.worker.instance.PlatformNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How containers are reached here: from inside their own networks where this process may enter
/// them, else over forwarded ports. Found out with the first one.
final class Doors {
    /// No network but loopback.
    static final String NONE = "none";

    /// The network of those whose port is forwarded: without a way out and without neighbours, as
    /// far as the engine can filter.
    private static final String FORWARDED = "dormouse";

    /// A container, and the way to it.
    record Opened(Container container, Door door) {}

    /// Starts a container.
    @FunctionalInterface
    interface Start {
        Container in(String network) throws IOException;
    }

    private final Engine engine;
    private final LogSink notices;
    private volatile boolean inside;

    /// @param inside whether to try that way first
    Doors(Engine engine, LogSink notices, boolean inside) {
        this.engine = engine;
        this.notices = notices;
        this.inside = inside;
    }

    /// Whether this process can be thought to be allowed to enter networks.
    static boolean canBeInside() {
        return System.getProperty("os.name", "").equals("Linux")
                && System.getProperty("user.name", "").equals("root");
    }

    boolean areInside() {
        return inside;
    }

    /// Starts a container that can be reached.
    Opened open(Start start) throws IOException {
        if (inside) {
            Container container = start.in(NONE);
            try {
                return new Opened(container, Door.Inside.of(container));
            } catch (IOException e) {
                if (!runs(container)) {
                    return new Opened(container, new Door.Published(0));
                }
                container.discard();
                inside = false;
                notices.line(
                        "WARNING: the networks of containers cannot be entered ("
                                + e.getMessage()
                                + "): their ports are forwarded, and they are not kept from the"
                                + " network as strictly.");
            }
        }
        Container container = start.in(forwarded());
        try {
            return new Opened(container, Door.Published.of(container));
        } catch (IOException e) {
            container.discard();
            throw e;
        }
    }

    private boolean runs(Container container) throws IOException {
        if (container.exit().isDone()) {
            return false;
        }
        try {
            return engine.get("/containers/" + container.id() + "/json")
                    .path("State")
                    .path("Running")
                    .asBoolean(false);
        } catch (IOException e) {
            container.discard();
            throw e;
        }
    }

    private String forwarded() throws IOException {
        try {
            engine.get("/networks/" + FORWARDED);
        } catch (EngineFailed e) {
            if (!e.isMissing()) {
                throw e;
            }
            ObjectNode network = JsonNodeFactory.instance.objectNode();
            network.put("Name", FORWARDED).put("Driver", "bridge").put("CheckDuplicate", true);
            network.putObject("Options")
                    .put("com.docker.network.bridge.enable_icc", "false")
                    .put("com.docker.network.bridge.enable_ip_masquerade", "false");
            engine.post("/networks/create", network);
        }
        return FORWARDED;
    }

    private static PlatformNetwork opened(Door.Inside door, InetSocketAddress platform)
            throws IOException {
        try {
            return door.platform(platform);
        } catch (IOException e) {
            door.close();
            throw e;
        }
    }

    /// Lets a program reach the platform and nothing else, where that can be had.
    void platform(Container container, Network network, LogSink log) {
        if (!(network instanceof Network.Platform(InetSocketAddress platform))) {
            return;
        }
        try {
            if (!inside) {
                throw new IOException("the networks of containers cannot be entered");
            }
            Door.Inside door = Door.Inside.of(container);
            PlatformNetwork port = opened(door, platform);
            var _ =
                    container
                            .exit()
                            .whenComplete((_, _) -> {
                                port.close();
                                door.close();
                            });
        } catch (IOException e) {
            log.line(
                    "[dormouse] this program has no network: a way to the platform alone takes root ("
                            + e.getMessage()
                            + ")");
        }
    }
}
