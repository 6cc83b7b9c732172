package io.dormouse.worker;

import java.util.Optional;

/// Container images, as far as this machine can run them.
public interface ContainerImages {
    /// Where there is no container engine.
    ContainerImages NONE =
            new ContainerImages() {
                @Override
                public boolean claims(String image) {
                    return false;
                }

                @Override
                public Optional<String> trouble(String image) {
                    return Optional.of("there is no container engine");
                }

                @Override
                public void fetch(String image, LogSink progress) throws StartFailed {
                    throw new StartFailed(
                            StartFailed.Cause.PLATFORM,
                            "the image " + image + " cannot be run: there is no container engine");
                }
            };

    /// Whether an image runs in a container though there is a built-in program of its name: by
    /// configuration.
    boolean claims(String image);

    /// Why no image of that name can be run here and what to do, in a clause; empty where it can.
    /// Asks the engine, not a registry.
    Optional<String> trouble(String image);

    /// Brings an image to this machine, unless it is there.
    ///
    /// @param progress a sentence per step
    /// @throws StartFailed with the engine's or the registry's own words
    void fetch(String image, LogSink progress) throws StartFailed;
}
