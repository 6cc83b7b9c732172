package io.dormouse.worker.process;

import java.util.List;
import org.junit.jupiter.api.Tag;

/// The same with Python instances that are started whole.
@Tag("full")
class WholePythonIsolationTest extends ForkedPythonIsolationTest {
    @Override
    protected List<String> imports() {
        return List.of();
    }
}
