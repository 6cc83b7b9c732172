package io.dormouse.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.wire.OperationsPage;
import io.dormouse.wire.s3.S3Handler;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds `docs/operations.md` to the composed table.
class OperationsPageTest {
    private static final Path PAGE = Path.of("../docs/operations.md");

    @Test
    void thePageSaysWhatIsServed(@TempDir Path folder) throws IOException {
        String now;
        try (Rooms rooms =
                Rooms.open(
                        TestPlatform.settings(folder).build(),
                        new MovableClock(),
                        () -> URI.create("http://127.0.0.1"))) {
            now = OperationsPage.render(rooms.operations()) + s3();
        }
        if (Boolean.getBoolean("dormouse.write")) {
            Files.writeString(PAGE, now);
        }
        assertEquals(
                now,
                Files.readString(PAGE),
                "docs/operations.md is stale; write it anew: ./build test -pl platform -am"
                        + " -Dtest=OperationsPageTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Ddormouse.write=true");
    }

    /// S3 speaks a protocol of its own, with a table of its own.
    private static String s3() {
        Set<String> served = S3Handler.operations();
        StringBuilder page = new StringBuilder("\n## s3\n\n");
        page.append(served.size())
                .append(" of ")
                .append(S3Handler.allOperations().size())
                .append(" operations, by restXml.\n\n");
        served.forEach(name -> page.append("- ").append(name).append('\n'));
        return page.toString();
    }
}
