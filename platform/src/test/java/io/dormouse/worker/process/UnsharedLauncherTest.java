package io.dormouse.worker.process;

import java.io.IOException;
import org.junit.jupiter.api.Tag;

/// The same in sandboxes that util-linux makes, where bubblewrap is not installed.
@Tag("full")
class UnsharedLauncherTest extends SandboxedLauncherTest {
    @Override
    protected ProcessSettings.Isolation isolation() {
        return ProcessSettings.Isolation.BUBBLEWRAP;
    }

    @Override
    protected Place place() throws IOException {
        return UnshareTest.placeWithoutBubblewrap(folder);
    }
}
