package io.dormouse.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.RunSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The same with everything in a sandbox, where bubblewrap is installed.
class SandboxedLauncherTest extends ProcessLauncherTest {
    @Override
    protected ProcessSettings.Isolation isolation() {
        return ProcessSettings.Isolation.ALL;
    }

    @Override
    protected Launcher launcher(Path run, LogSink notices) throws IOException {
        Launcher launcher = super.launcher(run, notices);
        assumeTrue(launcher.can().contains(Launcher.Capability.ISOLATION), "no bubblewrap");
        return launcher;
    }

    private String printed(String script) throws Exception {
        return printed(script, Map.of("PATH", "/usr/bin:/bin"));
    }

    private String printed(String script, Map<String, String> environment) throws Exception {
        Path root = Files.createDirectories(folder.resolve("ml"));
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        List<String> command = List.of("/bin/sh", "-c", script);
        var spec =
                new RunSpec(
                        "processing-job/p",
                        command,
                        root,
                        environment,
                        256,
                        1,
                        Duration.ofSeconds(20),
                        List.of());
        launcher.run(spec, lines::add).result().get(30, TimeUnit.SECONDS);
        return String.join("\n", lines);
    }

    @Test
    void aJobSeesNoNetworkAndNoStrangersFiles() throws Exception {
        Files.writeString(folder.resolve("secret"), "secret");
        String secret = folder.resolve("secret").toString();
        String said = printed("cat /proc/net/dev | tail -n +3; cat " + secret + "; ls /home /root");
        assertTrue(said.lines().noneMatch(line -> line.contains("eth")), said);
        assertEquals(3, said.lines().filter(line -> line.contains("No such file")).count(), said);
    }

    @Test
    void aJobHasNoRightsAndItsOwnProcesses() throws Exception {
        String said =
                printed(
                        "grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status; ls /proc | grep -c '^[0-9]'; touch /usr/x /etc/x; echo x > /proc/sys/kernel/panic; touch /tmp/x && echo tmp");
        assertEquals("", printed("cat /etc/shadow 2>/dev/null"), "passwords of the machine");
        assertTrue(said.contains("CapEff:\t0000000000000000"), said);
        assertTrue(said.contains("NoNewPrivs:\t1"), said);
        assertTrue(said.lines().anyMatch(line -> line.matches("[1-9]")), said);
        assertEquals(3, said.lines().filter(line -> line.contains("Read-only")).count(), said);
        assertTrue(said.contains("tmp"), said);
    }

    /// A library that is not there: the loader of each program that is to load it says so.
    @Test
    void aJobsVariablesAreReadInItsSandboxAlone() throws Exception {
        String said =
                printed(
                        "echo $LD_PRELOAD $PATH $size $code",
                        Map.of("LD_PRELOAD", "./no.so", "PATH", "./bin", "size", "3", "code", "4"));
        assertTrue(said.contains("./no.so ./bin 3 4"), said);
        assertTrue(said.lines().filter(line -> line.contains("preloaded")).count() < 2, said);
    }

    /// Else it could type into the platform's terminal.
    @Test
    void aJobHasASessionOfItsOwn() throws Exception {
        assertTrue(printed("cut -d' ' -f6 /proc/self/stat").matches("[1-9][0-9]*"));
    }

    @Test
    void aJobFindsItsFolderAtOptMl() throws Exception {
        assertEquals(
                "/opt/ml\n/opt/ml", printed("pwd; echo $DORMOUSE_ML_ROOT; echo x > /opt/ml/f"));
        assertEquals("x\n", Files.readString(folder.resolve("ml/f")));
    }
}
