package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an earlier life of the platform left behind.
class LeftoversTest {
    @TempDir private Path folder;
    private final Queue<String> notices = new ConcurrentLinkedQueue<>();

    private ProcessLauncher launcher(Path run) throws IOException {
        var settings =
                new ProcessSettings(
                        run,
                        folder,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        ProcessSettings.Isolation.NONE,
                        512);
        return new ProcessLauncher(
                CompletableFuture.completedFuture(StrangeInstallation.of()),
                settings,
                notices::add);
    }

    @Test
    void processesAreEndedAndStrangersLeftAlone() throws Exception {
        Path run = Files.createDirectories(folder.resolve("run"));
        Process ours = new ProcessBuilder("sleep", "60").start();
        Process stranger = new ProcessBuilder("sleep", "60").start();
        var before = new RunFolder(run);
        before.note("i-1", ours.pid());
        Files.writeString(run.resolve("i-2.pid"), stranger.pid() + " 12345");
        Files.writeString(run.resolve("i-3.pid"), "half a no");
        Files.createFile(RunFolder.socket(before.socketFolder("i-4")));
        try (ProcessLauncher launcher = launcher(run)) {
            assertTrue(ours.waitFor(10, TimeUnit.SECONDS));
            assertTrue(stranger.isAlive());
            assertEquals(List.of(), launcher.found());
            try (var left = Files.list(run)) {
                assertTrue(left.allMatch(file -> file.endsWith("spawn")));
            }
            assertTrue(notices.contains("ended 1 processes that an earlier platform left"));
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aPathTooLongForASocketGetsAShortOne() throws Exception {
        Path deep = folder.resolve("d".repeat(60)).resolve("e".repeat(60));
        var run = new RunFolder(deep);
        Path socket = RunFolder.socket(run.socketFolder("i-0123456789abcdef"));
        assertFalse(socket.startsWith(deep));
        assertTrue(socket.toString().length() <= 100, socket.toString());
        run.forget("i-0123456789abcdef");
        assertFalse(Files.exists(socket.getParent()));
    }
}
