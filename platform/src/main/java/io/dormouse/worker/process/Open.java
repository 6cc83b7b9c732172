package io.dormouse.worker.process;

import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Path;

/// No walls: a worker is a plain process of this platform's user.
///
/// @param spawner what starts it
/// @param folder where it runs
record Open(Spawner spawner, Path folder) implements Walls {
    @Override
    public Sight sight(PreparedModel model) {
        return Sight.of(model);
    }

    @Override
    public Path socket(Path folder) {
        return RunFolder.socket(folder);
    }

    @Override
    public boolean oneSocket() {
        return spawner.oneSocket();
    }

    @Override
    public Spawned spawn(Work work) throws IOException {
        return spawner.spawn(work.command(), work.environment(), folder, work.wiring());
    }

    @Override
    public Sight show(Spawned worker, PreparedModel model) {
        return Sight.of(model);
    }

    @Override
    public Path socket(Spawned worker, Path folder) {
        return RunFolder.socket(folder);
    }

    @Override
    public String kind() {
        return "none";
    }

    @Override
    public void close() {}
}
