package io.dormouse.worker.python;

import io.dormouse.worker.process.ProcessSettings;

/// The same where nothing can be isolated.
class PlainPythonServingTest extends PythonServingTest {
    @Override
    protected ProcessSettings.Isolation isolation() {
        return ProcessSettings.Isolation.NONE;
    }
}
