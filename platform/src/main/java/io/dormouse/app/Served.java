package io.dormouse.app;

import io.dormouse.artifact.Folders;
import io.dormouse.cli.CommonOptions;
import io.dormouse.cli.Failed;
import io.dormouse.cli.RunningPlatform;
import io.dormouse.cli.line.Arguments;
import io.dormouse.cli.line.Console;
import io.dormouse.store.StoreFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// The platform of this process: its folder, its note for the commands that look for it, and its
/// end with the process.
final class Served {
    private final Settings settings;
    private final Platform platform;
    private final URI endpoint;
    private final Path note;
    private final Console console;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Served(Settings settings, Platform platform, Path note, Console console) {
        this.settings = settings;
        this.platform = platform;
        this.endpoint = platform.endpoint();
        this.note = note;
        this.console = console;
    }

    /// Starts it, says so, and returns when it answers.
    ///
    /// @throws Failed where it cannot start, with what to do about it
    static Served start(Arguments arguments, Console console) throws IOException {
        CommonOptions options = new CommonOptions(arguments, console);
        boolean ephemeral = arguments.get(StartOptions.EPHEMERAL);
        // The note is for the commands that look in the folder that was named, also when the data
        // itself is elsewhere for its short life.
        Path note = folder(options.data());
        Path data = ephemeral ? Files.createTempDirectory("dormouse").toRealPath() : note;
        Settings settings;
        Platform platform;
        try {
            settings = StartOptions.settings(arguments, data);
            platform = started(settings);
        } catch (RuntimeException e) {
            if (ephemeral) {
                Folders.delete(data);
            }
            throw e;
        }
        Served served = new Served(settings, platform, note, console);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("closing").unstarted(served::close));
        served.announce(options);
        platform.rehearse();
        return served;
    }

    private static Path folder(Path data) {
        try {
            return Files.createDirectories(data);
        } catch (IOException e) {
            throw new Failed(
                    "The data folder "
                            + data
                            + " cannot be made ("
                            + e
                            + "): name another with --data",
                    e);
        }
    }

    private void announce(CommonOptions options) throws IOException {
        long pid = ProcessHandle.current().pid();
        RunningPlatform self =
                new RunningPlatform(
                        pid, endpoint, settings.owner().region(), System.currentTimeMillis());
        Optional<RunningPlatform> other = RunningPlatform.of(note);
        if (other.isEmpty()) {
            self.write(note);
        } else {
            console.progress(
                    note
                            + " names the platform at "
                            + other.get().endpoint()
                            + ": status and stop find this one only by --data and another folder");
        }
        ready(options, console, self, Optional.of(settings.data()));
    }

    /// @param data where its state is, where that is known
    static void ready(
            CommonOptions options, Console console, RunningPlatform platform, Optional<Path> data) {
        if (options.json()) {
            console.say(
                    "{\"endpoint\":\"%s\",\"pid\":%d}"
                            .formatted(platform.endpoint(), platform.pid()));
        } else {
            console.say(
                    "Dormouse is ready at "
                            + platform.endpoint()
                            + data.map(folder -> ", data in " + folder).orElse(""));
        }
    }

    URI endpoint() {
        return endpoint;
    }

    /// The folder of the programs that it starts.
    Path programs() {
        return settings.programs();
    }

    /// Returns when the process is about to end and the platform is closed.
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /// What keeps a platform from starting is told in a sentence.
    private static Platform started(Settings settings) {
        try {
            return Platform.start(settings);
        } catch (StoreFailure e) {
            throw new Failed(String.valueOf(e.getMessage()), e);
        } catch (IOException | UncheckedIOException e) {
            throw new Failed(
                    isTaken(e)
                            ? "Port "
                                    + settings.address().getPort()
                                    + " is taken: name another with --port, or 0 for a free one"
                            : "The platform cannot start on "
                                    + settings.address()
                                    + " and "
                                    + settings.data()
                                    + ": "
                                    + e.getMessage(),
                    e);
        }
    }

    private static boolean isTaken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private void close() {
        platform.close();
        try {
            if (RunningPlatform.of(note)
                    .map(RunningPlatform::endpoint)
                    .equals(Optional.of(endpoint))) {
                RunningPlatform.remove(note);
            }
            if (settings.ephemeral()) {
                Folders.delete(settings.data());
            }
        } catch (IOException e) {
            console.progress("Cannot clean up: " + e.getMessage());
        }
        ended.countDown();
    }
}
