package io.dormouse.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Two launchers as one: what runs in a container of its own image goes to the second, all other to
/// the first.
public final class Launchers implements Launcher {
    private final Launcher programs;
    private final Launcher containers;

    /// @param programs for the built-in model servers and programs of this machine
    /// @param containers for images
    public Launchers(Launcher programs, Launcher containers) {
        this.programs = programs;
        this.containers = containers;
    }

    /// What the first one can: most of what is asked, and asked at the start.
    @Override
    public Set<Capability> can() {
        return programs.can();
    }

    @Override
    public Instance start(InstanceSpec spec, Steps steps) throws StartFailed {
        return switch (spec.model().kind()) {
            case ONNX, XGBOOST, PYTHON, FUNCTION -> programs.start(spec, steps);
            case CONTAINER -> containers.start(spec, steps);
        };
    }

    @Override
    public Instance warm(WarmSpec spec) throws StartFailed {
        return programs.warm(spec);
    }

    @Override
    public Execution run(RunSpec spec, LogSink log) throws StartFailed {
        return spec.image().isPresent() ? containers.run(spec, log) : programs.run(spec, log);
    }

    @Override
    public void forget(String owner) {
        programs.forget(owner);
        containers.forget(owner);
    }

    @Override
    public List<Instance> found() {
        List<Instance> found = new ArrayList<>(programs.found());
        found.addAll(containers.found());
        return found;
    }

    @Override
    public void close() {
        containers.close();
        programs.close();
    }
}
