package io.dormouse.app;

import io.dormouse.timing.Alarms;
import io.dormouse.worker.Capacity;
import io.dormouse.worker.ContainerImages;
import io.dormouse.worker.Execution;
import io.dormouse.worker.Instance;
import io.dormouse.worker.InstanceSpec;
import io.dormouse.worker.Launcher;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.RunSpec;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Steps;
import io.dormouse.worker.WarmSpec;
import io.dormouse.worker.docker.DockerLauncher;
import io.dormouse.worker.docker.DockerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The Docker launcher, made when something first asks for an image: most platforms never do, and a
/// start has no time for it.
final class LazyDocker implements Launcher, ContainerImages {
    private final Settings settings;
    private final Capacity capacity;
    private final InstantSource clock;
    private final Alarms alarms;
    private final LogSink notices;
    private final Path mark;
    private Optional<DockerLauncher> made = Optional.empty();

    LazyDocker(
            Settings settings,
            Capacity capacity,
            InstantSource clock,
            Alarms alarms,
            LogSink notices) {
        this.settings = settings;
        this.capacity = capacity;
        this.clock = clock;
        this.alarms = alarms;
        this.notices = notices;
        this.mark = settings.data().resolve("containers");
        if (Files.exists(mark)) {
            sweep();
        }
    }

    /// What an earlier life left running is ended by the launcher that is made.
    private void sweep() {
        try {
            docker();
        } catch (IllegalArgumentException e) {
            notices.line(
                    "WARNING: containers of an earlier platform may run on: " + e.getMessage());
        }
    }

    private synchronized DockerLauncher docker() {
        if (made.isEmpty()) {
            DockerSettings here = DockerSettings.in(settings.data(), mark, settings.environment());
            made = Optional.of(new DockerLauncher(here, capacity, clock, alarms, notices));
        }
        return made.get();
    }

    private synchronized Optional<DockerLauncher> made() {
        return made;
    }

    /// The same for those who have a model or a job to answer for.
    private DockerLauncher ready() throws StartFailed {
        try {
            return docker();
        } catch (IllegalArgumentException e) {
            throw new StartFailed(StartFailed.Cause.PLATFORM, String.valueOf(e.getMessage()), e);
        }
    }

    /// Where the rules cannot be read, any image may be meant: [#trouble] says what is wrong.
    @Override
    public boolean claims(String image) {
        if (settings.environment().getOrDefault("DORMOUSE_IMAGES", "").isEmpty()) {
            return false;
        }
        try {
            return docker().images().claims(image);
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    @Override
    public Optional<String> trouble(String image) {
        try {
            return docker().images().trouble(image);
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void fetch(String image, LogSink progress) throws StartFailed {
        ready().images().fetch(image, progress);
    }

    @Override
    public Set<Capability> can() {
        return docker().can();
    }

    @Override
    public Instance start(InstanceSpec spec, Steps steps) throws StartFailed {
        return ready().start(spec, steps);
    }

    @Override
    public Instance warm(WarmSpec spec) throws StartFailed {
        return ready().warm(spec);
    }

    @Override
    public Execution run(RunSpec spec, LogSink log) throws StartFailed {
        return ready().run(spec, log);
    }

    @Override
    public void forget(String owner) {
        made().ifPresent(each -> each.forget(owner));
    }

    @Override
    public List<Instance> found() {
        return made().map(DockerLauncher::found).orElse(List.of());
    }

    @Override
    public void close() {
        made().ifPresent(DockerLauncher::close);
    }
}
