package io.dormouse.app;

import io.dormouse.function.FunctionRoom;
import io.dormouse.metrics.Meters;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.wire.Authenticator;
import io.dormouse.worker.python.PythonFiles;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;

/// Functions, in front of endpoints.
final class InFront {
    private InFront() {}

    static FunctionRoom functions(
            Settings settings,
            Store store,
            Tags tags,
            S3Client s3,
            Workers workers,
            Passes passes,
            Meters meters,
            InstantSource clock,
            Supplier<URI> here,
            Authenticator authenticator) {
        Path folder = settings.data().resolve("functions").toAbsolutePath();
        return new FunctionRoom(
                store,
                tags,
                s3,
                workers.pools(),
                new FunctionRoom.Programs(
                        folder,
                        workers.environments(),
                        () -> PythonFiles.laidOut(folder),
                        Path.of(System.getProperty("java.home")),
                        settings.programs().resolve("functionserver.jar")),
                passes,
                meters,
                clock,
                InstantSource.system(),
                workers.alarms(),
                here,
                authenticator,
                settings.owner());
    }
}
