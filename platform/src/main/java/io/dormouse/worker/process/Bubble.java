package io.dormouse.worker.process;

import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Walls that bubblewrap makes, or util-linux in its place, where the platform is not root. They
/// cost several milliseconds of each start, and cannot be opened later: a generic worker sees the
/// models of all.
///
/// @param spawner starts sandboxed commands
/// @param readable files and folders that workers read, beside the system's
/// @param models where models are laid out
/// @param folder where the outer process runs
/// @param scratchMb what a worker may write to `/tmp`
record Bubble(
        Sandbox sandbox,
        Spawner spawner,
        List<Path> readable,
        Path models,
        Path folder,
        int scratchMb)
        implements Walls {
    private static final Path MODEL = Path.of("/opt/ml/model");
    private static final Path PREPARED = Path.of("/opt/ml/prepared");

    @Override
    public Sight sight(PreparedModel model) {
        return switch (model.kind()) {
            case PYTHON -> new Sight(MODEL, model.prepared().map(_ -> PREPARED));
            case FUNCTION -> new Sight(Namespaces.FUNCTION, Optional.empty());
            case ONNX, XGBOOST, CONTAINER -> Sight.of(model);
        };
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
        List<Path> seen = new ArrayList<>(readable);
        seen.addAll(work.readable());
        if (work.model().isPresent()) {
            seen.add(work.model().get().folder());
            work.model().get().prepared().ifPresent(seen::add);
        } else {
            seen.add(models);
        }
        Map<String, String> environment = new TreeMap<>(work.environment());
        List<String> inside =
                sandbox.aroundWorker(
                        Sandbox.setting(environment, work.command()),
                        seen,
                        places(work),
                        work.socket(),
                        work.network().map(PlatformNetwork::path),
                        scratchMb);
        return spawner.spawn(inside, environment, folder, work.wiring());
    }

    /// Programs of owners look for their model where SageMaker has it.
    private static Map<Path, Path> places(Work work) {
        Map<Path, Path> places = new TreeMap<>();
        work.model()
                .filter(model -> model.kind() == PreparedModel.Kind.FUNCTION)
                .ifPresent(model -> places.put(Namespaces.FUNCTION, model.folder()));
        work.model()
                .filter(model -> model.kind() == PreparedModel.Kind.PYTHON)
                .ifPresent(model -> {
                    places.put(MODEL, model.folder());
                    model.prepared().ifPresent(form -> places.put(PREPARED, form));
                });
        return places;
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
        return sandbox.kind();
    }

    @Override
    public void close() {}
}
