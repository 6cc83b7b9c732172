package io.dormouse.worker.instance;

import io.dormouse.worker.InstanceSpec;
import java.io.IOException;

/// What an instance cannot know of itself, and the launcher that started it does.
public interface Technology {
    /// Makes a model visible to a generic instance.
    ///
    /// @return the body of the load command that names it
    /// @throws IOException where it cannot be shown
    byte[] show(Spawned process, InstanceSpec spec) throws IOException;

    /// Whether a model server that failed has hardly any descriptors left.
    boolean leaks(Spawned process);
}
