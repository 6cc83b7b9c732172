package io.dormouse.worker.process;

import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.instance.Spawned;
import io.dormouse.worker.instance.Technology;
import java.io.IOException;

/// A worker behind its walls.
record Behind(Walls walls) implements Technology {
    @Override
    public byte[] show(Spawned process, InstanceSpec spec) throws IOException {
        return LoadCommand.of(spec, walls.show(process, spec.model()));
    }

    @Override
    public boolean leaks(Spawned process) {
        return ProcessTree.descriptors(process.pid()) > SocketSpawner.DESCRIPTORS_MAX * 9 / 10;
    }
}
