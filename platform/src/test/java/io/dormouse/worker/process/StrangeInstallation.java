package io.dormouse.worker.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The strange worker in place of the model server. Not in its own class, as it runs without those
/// of the platform.
public final class StrangeInstallation {
    private StrangeInstallation() {}

    public static Installation of() {
        Path classes = Path.of("target/test-classes").toAbsolutePath();
        Path home = Path.of(System.getProperty("java.home"));
        return new Installation(
                home.resolve("bin/java"),
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+DisplayVMOutputToStderr",
                        "-cp",
                        classes.toString()),
                StrangeWorker.class.getName(),
                Path.of("/"),
                StrangeWorker.class.getName(),
                "strange",
                Optional.empty(),
                List.of(home, classes));
    }
}
