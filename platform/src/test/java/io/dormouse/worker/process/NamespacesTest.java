package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Instance;
import io.dormouse.worker.IsolationConformance;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WarmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Isolation as it is by default: as root by namespaces that the platform makes itself.
class NamespacesTest extends IsolationConformance {
    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        return ProcessLauncherTest.launcher(run, ProcessSettings.Isolation.ALL, notices);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    void rootNeedsNoOtherProgram() throws Exception {
        start(1).close();
        boolean direct = log.stream().noneMatch(line -> line.contains("namespaces cannot be made"));
        assertTrue(direct || !isRoot(), "" + log);
    }

    /// A generic worker waits for a model and must not read others' until then.
    @Test
    void aGenericWorkerReadsNobodysModel() throws Exception {
        try (Instance instance = launcher.warm(new WarmSpec(256))) {
            assumeTrue(isRoot(), "bubblewrap's cannot be opened");
            instance.load(spec(1), new Steps());
            String said = ask(instance, "read " + folder.resolve("models/others/weights"));
            assertTrue(said.contains("NoSuchFile"), said);
        }
    }

    /// The platform itself, the threads that it starts later above all, stays where it was.
    @Test
    void thePlatformStaysOutside() throws Exception {
        for (int i = 0; i < 5; i++) {
            start(1).close();
        }
        Path own = Path.of("/proc/self/ns/mnt");
        String ours = Files.readSymbolicLink(own).toString();
        try (var threads = Files.list(Path.of("/proc/self/task"))) {
            long inside = threads.filter(thread -> !ours.equals(mounts(thread, ours))).count();
            assertTrue(inside <= 1 || !isRoot(), inside + " threads are inside");
        }
        assertFalse(log.isEmpty());
    }

    private static String mounts(Path thread, String gone) {
        try {
            return Files.readSymbolicLink(thread.resolve("ns/mnt")).toString();
        } catch (IOException e) {
            return gone;
        }
    }
}
