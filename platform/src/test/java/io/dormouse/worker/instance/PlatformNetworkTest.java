package io.dormouse.worker.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How a network's callers are taken; `process.PythonForkTest` and `job.ScriptsTest` hold what it
/// lets through.
class PlatformNetworkTest {
    /// A process without descriptors for a while, and then with one again.
    private static final class Exhausted implements PlatformNetwork.Callers {
        private final long until = System.nanoTime() + 300_000_000;
        private int refused;
        private boolean taken;

        @Override
        public boolean isOpen() {
            return !taken;
        }

        @Override
        public SocketChannel accept() throws IOException {
            if (System.nanoTime() < until) {
                refused++;
                throw new IOException("Too many open files");
            }
            taken = true;
            return SocketChannel.open();
        }
    }

    @Test
    void whereNoDescriptorIsLeftItWaitsAndGoesOn() {
        List<SocketChannel> taken = new ArrayList<>();
        var exhausted = new Exhausted();
        PlatformNetwork.accept(exhausted, taken::add);
        assertEquals(1, taken.size());
        assertTrue(exhausted.refused > 1 && exhausted.refused < 50, "" + exhausted.refused);
    }
}
