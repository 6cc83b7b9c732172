package io.dormouse.worker.docker;

import io.dormouse.worker.instance.Links;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Where the engine listens.
///
/// @param shown as `DOCKER_HOST` would name it
/// @param dial how it is reached
/// @param local whether its socket lies on this machine
record EngineAddress(String shown, Links.Dial dial, boolean local) {
    private static final Path USUAL = Path.of("/var/run/docker.sock");
    private static final int CONNECT_MILLIS = 5_000;

    /// What the environment says, else the first socket there is of the usual ones.
    ///
    /// @throws IllegalArgumentException for a `DOCKER_HOST` that cannot be spoken to
    static EngineAddress of(Map<String, String> environment) {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        if (!host.isEmpty()) {
            return named(host, !environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty());
        }
        Optional<Path> rootless =
                Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                        .map(folder -> Path.of(folder, "docker.sock"));
        Optional<Path> desktop =
                Optional.ofNullable(environment.get("HOME"))
                        .map(folder -> Path.of(folder, ".docker/run/docker.sock"));
        return at(
                Stream.of(Optional.of(USUAL), rootless, desktop)
                        .flatMap(Optional::stream)
                        .filter(Files::exists)
                        .findFirst()
                        .orElse(USUAL));
    }

    private static EngineAddress named(String host, boolean encrypted) {
        if (host.startsWith("unix://")) {
            return at(Path.of(host.substring("unix://".length())));
        }
        if (host.startsWith("tcp://") && !encrypted) {
            URI uri = URI.create(host);
            int port = uri.getPort() < 0 ? 2375 : uri.getPort();
            Optional<String> name = Optional.ofNullable(uri.getHost());
            if (name.isPresent()) {
                return new EngineAddress(host, () -> far(name.get(), port), false);
            }
        }
        throw new IllegalArgumentException(
                "DOCKER_HOST must be unix:///path or, without TLS, tcp://host:port, was " + host);
    }

    /// Its network may answer nothing at all.
    private static SocketChannel far(String host, int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static EngineAddress at(Path socket) {
        return new EngineAddress("unix://" + socket, Links.Dial.of(socket), true);
    }
}
