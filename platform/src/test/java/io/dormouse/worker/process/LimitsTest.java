package io.dormouse.worker.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Fault;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.Request;
import io.dormouse.worker.Steps;
import io.dormouse.worker.instance.Limit;
import io.dormouse.worker.instance.Spawned;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Memory, CPU and processes held by each of the three: control groups of version 1 (a real
/// kernel's, where it has them), of version 2, and the watchdog.
class LimitsTest {
    @TempDir private Path folder;
    private final Queue<String> notices = new ConcurrentLinkedQueue<>();

    private ProcessLauncher launcher(Path proc) throws IOException {
        ProcessSettings settings =
                new ProcessSettings(
                        folder.resolve("run"),
                        folder,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        ProcessSettings.Isolation.ALL,
                        16);
        return new ProcessLauncher(
                CompletableFuture.completedFuture(StrangeInstallation.of()),
                settings,
                new Place("", proc),
                Optional.empty(),
                notices::add);
    }

    private Instance start(Launcher launcher) throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        var prepared =
                new PreparedModel(
                        PreparedModel.Kind.ONNX, model, Optional.empty(), 0, "dormouse/onnx");
        return launcher.start(
                new InstanceSpec("endpoint/e", prepared, 256, 1, Map.of(), notices::add),
                new Steps());
    }

    private static Fault fault(Instance instance, String command) {
        byte[] body = command.getBytes(UTF_8);
        Request request =
                new Request(
                        "POST",
                        "/invocations",
                        Map.of(),
                        OptionalLong.of(body.length),
                        Duration.ofSeconds(30));
        return assertThrows(
                Fault.class, () -> instance.send(request, new ByteArrayInputStream(body)).close());
    }

    @Test
    void withoutControlGroupsAWatchdogEndsWhoTakesTooMuchMemory() throws Exception {
        try (ProcessLauncher launcher = launcher(folder.resolve("no-proc"))) {
            assertFalse(launcher.can().contains(Launcher.Capability.MEMORY_LIMIT));
            assertTrue(notices.stream().anyMatch(line -> line.contains("watchdog")), "" + notices);
            Instance instance = start(launcher);
            Fault fault = fault(instance, "eat");
            assertEquals(Fault.Kind.OUT_OF_MEMORY, fault.kind(), fault.getMessage());
            assertTrue(fault.getMessage().contains("256 MB"), fault.getMessage());
            assertTrue(instance.ending().get(20, TimeUnit.SECONDS).outOfMemory());
        }
    }

    @Test
    void theShareOfCpuIsSetWhenAnInstanceIsReadyAndNotBefore() throws Exception {
        try (ProcessLauncher launcher = launcher(Path.of("/proc"))) {
            assumeTrue(launcher.can().contains(Launcher.Capability.CPU_LIMIT), "no cpu groups");
            try (Instance instance = start(launcher)) {
                Path group = groupOf(instance);
                assertEquals("all", quota(group));
                instance.limitCpu(0.5);
                assertEquals("10000 of 20000", quota(group));
                instance.limitCpu(1024);
                assertEquals("all", quota(group));
            }
        }
    }

    private Path groupOf(Instance instance) throws IOException {
        return GroupFolders.of(folder.resolve("run")).stream()
                .map(each -> each.resolve(instance.id()))
                .filter(each ->
                        Files.exists(each.resolve("cpu.cfs_quota_us"))
                                || Files.exists(each.resolve("cpu.max")))
                .findFirst()
                .orElseThrow();
    }

    /// What either version says.
    private static String quota(Path group) throws IOException {
        Path unified = group.resolve("cpu.max");
        String[] words =
                Files.exists(unified)
                        ? Files.readString(unified).strip().split(" ", -1)
                        : new String[] {
                            Files.readString(group.resolve("cpu.cfs_quota_us")).strip(),
                            Files.readString(group.resolve("cpu.cfs_period_us")).strip()
                        };
        return List.of("max", "-1").contains(words[0]) ? "all" : words[0] + " of " + words[1];
    }

    /// A kernel binds each controller to one version, and here it may be the first: then these are
    /// the files of the second as a kernel lays them out, without a kernel behind them.
    @Test
    void versionTwoIsFoundAndWrittenByItsRules() throws Exception {
        Path root = Files.createDirectories(folder.resolve("cgroup"));
        Path own = group(root.resolve("user.slice"));
        Path ours = group(own.resolve("dormouse-test"));
        Path instance = group(ours.resolve("i-1"));
        for (String file :
                new String[] {
                    "memory.max",
                    "memory.swap.max",
                    "memory.oom.group",
                    "cpu.max",
                    "pids.max",
                    "memory.events",
                    "cgroup.kill"
                }) {
            Files.createFile(instance.resolve(file));
        }
        Files.createFile(ours.resolve("cpu.weight"));
        CgroupPlaces places =
                CgroupPlaces.find(proc(root, "0::/user.slice"), "dormouse-test").orElseThrow();
        assertEquals(new CgroupPlaces(true, ours, Optional.of(ours), Optional.of(ours)), places);
        assertEquals("+memory +cpu +pids", read(own, "cgroup.subtree_control"));
        assertEquals("+memory +cpu +pids", read(ours, "cgroup.subtree_control"));

        ControlGroups groups = new ControlGroups(places);
        assertEquals("1600", read(ours, "cpu.weight"));
        Limit limit = groups.open("i-1", 256L << 20, 200);
        assertEquals("268435456", read(instance, "memory.max"));
        assertEquals("0", read(instance, "memory.swap.max"));
        assertEquals("1", read(instance, "memory.oom.group"));
        assertEquals("200", read(instance, "pids.max"));
        Spawned process =
                new PipeSpawner()
                        .spawn(
                                List.of("/bin/sleep", "60"),
                                Map.of(),
                                folder,
                                Spawner.Wiring.LIFELINE);
        limit.admit(process);
        assertEquals(String.valueOf(process.pid()), read(instance, "cgroup.procs"));
        process.kill();
        limit.limitCpu(0.5);
        assertEquals("10000 20000", read(instance, "cpu.max"));
        assertFalse(limit.outOfMemory());
        Files.writeString(instance.resolve("memory.events"), "low 0\nhigh 0\noom 1\noom_kill 1\n");
        assertTrue(limit.outOfMemory());
        limit.close();
        assertEquals("1", read(instance, "cgroup.kill"));
    }

    private static Path group(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Files.createFile(folder.resolve("cgroup.subtree_control"));
        Files.createFile(folder.resolve("cgroup.procs"));
        return folder;
    }

    private Path proc(Path root, String own) throws IOException {
        Path self = Files.createDirectories(folder.resolve("proc/self"));
        Files.writeString(self.resolve("cgroup"), own + "\n");
        Files.writeString(
                self.resolve("mountinfo"),
                "36 25 0:31 / " + root + " rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
        return folder.resolve("proc");
    }

    private static String read(Path folder, String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }
}
