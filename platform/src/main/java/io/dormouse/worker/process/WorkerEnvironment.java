package io.dormouse.worker.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The environment of a built-in worker: its owner's, and nothing of the platform's.
final class WorkerEnvironment {
    /// What would change the model server itself, its virtual machine or its loader, is not the
    /// model's to say.
    private static final List<String> NOT_THE_OWNERS =
            List.of("LD_", "DYLD_", "JAVA_", "JDK_JAVA_", "_JAVA_", "ORT_");

    private WorkerEnvironment() {}

    /// Of the container definition, what a built-in model server takes.
    static Map<String, String> ofOwner(Map<String, String> environment) {
        Map<String, String> kept = new TreeMap<>(environment);
        kept.keySet().removeIf(name -> NOT_THE_OWNERS.stream().anyMatch(name::startsWith));
        return kept;
    }

    /// Names libraries that the loader puts before all others.
    private static final String PRELOAD = "LD_PRELOAD";

    /// The same for a worker from nothing that will open ONNX Runtime.
    static Map<String, String> of(Map<String, String> environment, Optional<Path> ahead) {
        Map<String, String> whole = of(environment);
        ahead.ifPresent(library -> whole.put(PRELOAD, library.toString()));
        return whole;
    }

    static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> whole = ofOwner(environment);
        // ONNX Runtime reports to its maker unless this is there before its library loads.
        whole.put("ORT_DISABLE_TELEMETRY", "1");
        whole.putIfAbsent("LANG", "C.UTF-8");
        return whole;
    }
}
