package io.dormouse.worker.docker;

import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Network;
import io.dormouse.worker.RunSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the engine is asked to create: the contract, the limits, and as few rights as there are.
final class ContainerBody {
    /// The platform's folder, by which its containers are found.
    static final String DATA = "io.dormouse.data";

    /// Whose it is, such as `endpoint/churn/AllTraffic`.
    static final String OWNER = "io.dormouse.owner";

    /// Of a container's environment: whether it may write anywhere in its own file system.
    static final String WRITABLE = "DORMOUSE_WRITABLE_ROOT";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final long MB = 1 << 20;
    private static final double NANO = 1e9;
    private static final int SERVER_TASKS_MAX = 512;
    private static final int PROGRAM_TASKS_MAX = 4096;

    private final DockerSettings settings;
    private final String network;

    /// @param network where containers that serve are to be; `none` where they are reached from
    ///   inside
    ContainerBody(DockerSettings settings, String network) {
        this.settings = settings;
        this.network = network;
    }

    /// A container that serves: `serve`, the model at `/opt/ml/model`, port 8080. A start is not
    /// throttled, so its share of CPU is set later.
    ObjectNode serving(String image, InstanceSpec spec) {
        ObjectNode body = body(image, spec.owner(), new TreeMap<>(spec.environment()));
        body.putArray("Cmd").add("serve");
        ObjectNode host = host(body, spec.memoryMb(), SERVER_TASKS_MAX);
        mount(host, spec.model().folder(), "/opt/ml/model", true);
        boolean writable = "true".equals(spec.environment().get(WRITABLE));
        host.put("ReadonlyRootfs", !writable);
        if (!writable) {
            host.putObject("Tmpfs")
                    .put(
                            "/tmp",
                            "rw,exec,nosuid,nodev,mode=1777,size=" + settings.scratchMb() + "m");
        }
        host.put("NetworkMode", network);
        if (!network.equals("none")) {
            body.putObject("ExposedPorts").putObject(Door.PORT + "/tcp");
            host.putObject("PortBindings")
                    .putArray(Door.PORT + "/tcp")
                    .addObject()
                    .put("HostIp", "127.0.0.1")
                    .put("HostPort", "");
        }
        return body;
    }

    /// A container that runs a program to its end, with `/opt/ml` to write to.
    ObjectNode running(String image, RunSpec spec) throws IOException {
        Map<String, String> environment = new TreeMap<>(spec.environment());
        environment.put("DORMOUSE_ML_ROOT", "/opt/ml");
        ObjectNode body = body(image, spec.owner(), environment);
        strings(body.putArray("Cmd"), spec.command());
        List<String> entrypoint = spec.image().map(RunSpec.Image::entrypoint).orElse(List.of());
        if (!entrypoint.isEmpty()) {
            strings(body.putArray("Entrypoint"), entrypoint);
        }
        // The folder is its alone, and what it leaves there must be the platform's to remove.
        body.put("User", owner(spec.root()));
        ObjectNode host = host(body, spec.memoryMb(), PROGRAM_TASKS_MAX);
        mount(host, spec.root(), "/opt/ml", false);
        host.put("NetworkMode", spec.network() instanceof Network.Open ? "bridge" : "none");
        if (spec.cores() < Runtime.getRuntime().availableProcessors()) {
            host.put("NanoCpus", Math.round(spec.cores() * NANO));
        }
        return body;
    }

    private static String owner(Path folder) throws IOException {
        return Files.getAttribute(folder, "unix:uid")
                + ":"
                + Files.getAttribute(folder, "unix:gid");
    }

    private ObjectNode body(String image, String owner, Map<String, String> environment) {
        ObjectNode body = NODES.objectNode();
        body.put("Image", image);
        ArrayNode variables = body.putArray("Env");
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        body.putObject("Labels").put(DATA, settings.data().toString()).put(OWNER, owner);
        return body;
    }

    private ObjectNode host(ObjectNode body, int memoryMb, int tasksMax) {
        ObjectNode host = body.putObject("HostConfig");
        long bytes = memoryMb * MB;
        host.put("Memory", bytes).put("MemorySwap", bytes).put("PidsLimit", tasksMax);
        host.putArray("CapDrop").add("ALL");
        strings(host.putArray("CapAdd"), settings.capabilities());
        host.putArray("SecurityOpt").add("no-new-privileges");
        host.put("IpcMode", "private");
        // The platform keeps the log: the engine's copy is only what is not read yet.
        host.putObject("LogConfig")
                .put("Type", "json-file")
                .putObject("Config")
                .put("max-size", "8m")
                .put("max-file", "2");
        return host;
    }

    private static void mount(ObjectNode host, Path from, String to, boolean readOnly) {
        host.putArray("Mounts")
                .addObject()
                .put("Type", "bind")
                .put("Source", from.toAbsolutePath().toString())
                .put("Target", to)
                .put("ReadOnly", readOnly);
    }

    private static void strings(ArrayNode array, List<String> strings) {
        strings.forEach(array::add);
    }
}
