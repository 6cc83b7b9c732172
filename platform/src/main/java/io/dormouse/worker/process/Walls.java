package io.dormouse.worker.process;

import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.instance.PlatformNetwork;
import io.dormouse.worker.instance.Spawned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What stands between a worker and the rest of the machine. Three kinds: namespaces that the
/// platform makes itself, as root ([Namespaces]); bubblewrap's ([Bubble]); none ([Open]).
interface Walls extends AutoCloseable {
    /// A worker to be started behind them.
    ///
    /// @param environment all of it
    /// @param model empty for a generic worker, which is shown one later
    /// @param socket the folder of the socket that it will make, where it makes one
    /// @param readable what this one reads, beside what all do
    /// @param network the one that it is to be in; empty for none
    record Work(
            List<String> command,
            Map<String, String> environment,
            Spawner.Wiring wiring,
            Optional<PreparedModel> model,
            Optional<Path> socket,
            List<Path> readable,
            Optional<PlatformNetwork> network) {}

    /// Where a worker finds a model.
    ///
    /// @param model the folder of the artifact
    /// @param prepared the folder of its form, where it has one
    record Sight(Path model, Optional<Path> prepared) {
        /// At its own place.
        static Sight of(PreparedModel model) {
            return new Sight(model.folder(), model.prepared());
        }
    }

    /// Where a worker will find a model that it was started with.
    Sight sight(PreparedModel model);

    /// Where a worker will make its socket, as it sees it.
    ///
    /// @param folder of the socket, for this instance alone
    Path socket(Path folder);

    /// Whether a worker's one connection is its descriptor 0, for both ways.
    boolean oneSocket();

    Spawned spawn(Work work) throws IOException;

    /// Lets a generic worker see its model.
    Sight show(Spawned worker, PreparedModel model) throws IOException;

    /// Lets one that was forked see its model, and what it reads besides where that was hidden.
    default Sight show(Spawned worker, PreparedModel model, List<Path> readable)
            throws IOException {
        return show(worker, model);
    }

    /// A socket that a worker made, as the platform sees it.
    Path socket(Spawned worker, Path folder);

    /// How the scratch space of one that was forked is to be mounted; empty where it has none of
    /// its own.
    default String scratch() {
        return "";
    }

    /// What they are, in a word; `none` where there are none.
    String kind();

    @Override
    void close();
}
