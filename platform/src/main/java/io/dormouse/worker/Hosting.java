package io.dormouse.worker;

import io.dormouse.metrics.LogWriter;
import java.util.Map;

/// Where the instances of a group are at home: whose they are, and what each of them is given for
/// as long as it lives.
public interface Hosting {
    /// Whose they are: `endpoint/churn/AllTraffic`, `function/scores`.
    String owner();

    /// A further instance is about to start.
    Stay stay();

    /// What one instance is given. Closed when it has ended, or could not be started.
    interface Stay extends AutoCloseable {
        /// Beside the environment of its group.
        default Map<String, String> environment() {
            return Map.of();
        }

        /// What of the network it reaches.
        default Network network() {
            return Network.NONE;
        }

        /// Where its lines go.
        ///
        /// @param instance its id
        LogSink log(String instance, LogWriter logs);

        @Override
        default void close() {}
    }

    /// One variant of an endpoint: a log stream for each instance, and no network.
    ///
    /// @param endpoint its name
    /// @param variant such as `AllTraffic`
    record Endpoint(String endpoint, String variant) implements Hosting {
        @Override
        public String owner() {
            return "endpoint/" + endpoint + "/" + variant;
        }

        @Override
        public Stay stay() {
            return this::log;
        }

        private LogSink log(String instance, LogWriter logs) {
            String group = "/aws/sagemaker/Endpoints/" + endpoint;
            String stream = variant + "/" + instance;
            return line -> logs.append(group, stream, line);
        }
    }
}
