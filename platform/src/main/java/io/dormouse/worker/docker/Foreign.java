package io.dormouse.worker.docker;

import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.instance.Spawned;
import io.dormouse.worker.instance.Technology;
import java.io.IOException;

/// A container: it has its model from the start, and its descriptors are its own affair.
enum Foreign implements Technology {
    INSTANCE;

    @Override
    public byte[] show(Spawned process, InstanceSpec spec) throws IOException {
        throw new IOException("a container has its model from the start");
    }

    @Override
    public boolean leaks(Spawned process) {
        return false;
    }
}
