package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Network;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a program sees in a sandbox that util-linux makes; [UnsharedLauncherTest] holds the rest.
class UnshareTest {
    @TempDir Path folder;
    private Sandbox sandbox;

    /// A machine whose path has util-linux alone.
    static Place placeWithoutBubblewrap(Path folder) throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path unshare = Path.of("/usr/bin/unshare");
        assumeTrue(Files.isExecutable(unshare), "no unshare");
        Files.createSymbolicLink(programs.resolve("unshare"), unshare);
        return new Place(programs.toString(), Path.of("/proc"));
    }

    @BeforeEach
    void find() throws IOException {
        Optional<Sandbox> found = Sandbox.find(placeWithoutBubblewrap(folder).path());
        assumeTrue(found.isPresent(), "no namespaces can be made here");
        sandbox = found.get();
        assertEquals("unshare", sandbox.kind());
        Files.writeString(folder.resolve("secret"), "secret");
        Files.createDirectories(folder.resolve("seen"));
        Files.writeString(folder.resolve("seen/file"), "seen");
    }

    private String said(String script) throws Exception {
        return said(List.of("/bin/sh", "-c", script), System.getenv());
    }

    private String said(List<String> words, Map<String, String> environment) throws Exception {
        Path root = Files.createDirectories(folder.resolve("ml"));
        List<String> command =
                sandbox.around(
                        words,
                        List.of(folder.resolve("seen")),
                        root,
                        Network.NONE,
                        Optional.empty());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(7, process.waitFor(), said);
        return said;
    }

    @Test
    void aProgramHasItsFolderAtOptMlAndNothingOfOthers() throws Exception {
        String said =
                said(
                        "pwd; cat %s/seen/file; echo x > /opt/ml/f; cat %s/secret; ls /home /root; exit 7"
                                .formatted(folder, folder));
        assertTrue(said.startsWith("/opt/ml\nseen"), said);
        assertEquals("x\n", Files.readString(folder.resolve("ml/f")));
        assertEquals(3, said.lines().filter(line -> line.contains("No such file")).count(), said);
    }

    /// Variables that the script has, and those that its programs would read.
    @Test
    void aProgramsVariablesAreItsOwn() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("size", "3");
        environment.put("folder", "4");
        environment.put("LD_PRELOAD", "./no.so");
        List<String> words =
                Sandbox.setting(
                        environment,
                        List.of("/bin/sh", "-c", "echo $size $folder $LD_PRELOAD; exit 7"));
        assertEquals(Map.of("size", "3", "folder", "4"), environment);
        String said = said(words, environment);
        assertTrue(said.contains("3 4 ./no.so"), said);
        assertTrue(said.lines().filter(line -> line.contains("preloaded")).count() < 2, said);
    }

    @Test
    void aProgramHasNoRightsNoNetworkAndItsOwnProcesses() throws Exception {
        String said =
                said(
                        "echo session $(cut -d' ' -f6 /proc/self/stat); grep -E 'Cap(Prm|Eff|Bnd)|NoNew' /proc/self/status; tail -n +3 /proc/net/dev; ls /proc | grep -c '^[0-9]'; touch /usr/x %s/seen/x /etc/x; echo x > /proc/sys/kernel/panic; cat /etc/shadow; touch /tmp/x && echo tmp; exit 7"
                                .formatted(folder));
        assertEquals(3, said.split("0000000000000000", -1).length - 1, said);
        assertTrue(said.contains("NoNewPrivs:\t1"), said);
        assertTrue(said.lines().anyMatch(line -> line.matches("session [1-9][0-9]*")), said);
        assertTrue(said.lines().noneMatch(line -> line.contains("eth")), said);
        assertTrue(said.lines().anyMatch(line -> line.matches("[1-9]")), said);
        assertEquals(4, said.lines().filter(line -> line.contains("Read-only")).count(), said);
        assertTrue(said.contains("tmp"), said);
        assertTrue(!said.contains("root:"), "passwords of the machine");
    }
}
