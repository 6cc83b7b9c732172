package io.dormouse.app;

import io.dormouse.artifact.OtherS3;
import io.dormouse.aws.Caller;
import io.dormouse.gateway.payload.PayloadSettings;
import io.dormouse.worker.process.ProcessSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What a platform is started with.
///
/// @param address where it listens; port 0 takes a free one
/// @param data its folder
/// @param ephemeral whether the data is of no use after it, and the clock may be moved
/// @param owner account and region
/// @param keys the access key that signs requests; empty for an open platform on loopback
/// @param warmPool generic instances kept ready for any model
/// @param payloadBytesMax bytes of an invocation's request, and of its answer
/// @param payloads what an invocation may refer to instead
/// @param programs the folder with `modelserver.jar` and `trainer.jar`
/// @param cache where the model server is installed once per machine
/// @param isolation what is isolated of instances and jobs
/// @param python the interpreter of scripts; empty for `python3` of the path
/// @param environment the process's own: Docker's settings, and ours for it
public record Settings(
        InetSocketAddress address,
        Path data,
        boolean ephemeral,
        Caller owner,
        Optional<Keys> keys,
        int warmPool,
        long payloadBytesMax,
        PayloadSettings payloads,
        Path programs,
        Path cache,
        ProcessSettings.Isolation isolation,
        String python,
        Map<String, String> environment) {
    /// An access key of the account's owner.
    ///
    /// @param metricsToken what the page for Prometheus may be read with instead; empty for nothing
    public record Keys(String accessKeyId, String secretAccessKey, String metricsToken) {
        public Keys {
            Objects.requireNonNull(accessKeyId);
            Objects.requireNonNull(secretAccessKey);
            Objects.requireNonNull(metricsToken);
        }

        public Keys(String accessKeyId, String secretAccessKey) {
            this(accessKeyId, secretAccessKey, "");
        }
    }

    public Settings {
        Objects.requireNonNull(address);
        Objects.requireNonNull(owner);
        Objects.requireNonNull(payloads);
        data = data.toAbsolutePath().normalize();
        environment = Map.copyOf(environment);
        OtherS3.of(environment); // says what is wrong with it before anything starts
        if (keys.isEmpty() && !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "Without keys the platform listens on loopback only: set"
                            + " DORMOUSE_ACCESS_KEY_ID and DORMOUSE_SECRET_ACCESS_KEY to listen on "
                            + address.getHostString());
        }
    }
}
