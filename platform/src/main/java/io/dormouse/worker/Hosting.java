package io.dormouse.worker;

import io.dormouse.metrics.LogWriter;
import java.util.Map;
import java.util.Optional;

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

    /// One variant of an endpoint: a log stream for each instance, and where a program of the
    /// model's owner serves it, a pass.
    ///
    /// @param endpoint its name
    /// @param variant such as `AllTraffic`
    /// @param roles gives the passes
    /// @param role whom the program acts for; empty for built-in model servers
    record Endpoint(
            String endpoint, String variant, RoleAccess roles, Optional<RoleAccess.Role> role)
            implements Hosting {
        /// With no network.
        public Endpoint(String endpoint, String variant) {
            this(endpoint, variant, RoleAccess.NONE, Optional.empty());
        }

        @Override
        public String owner() {
            return "endpoint/" + endpoint + "/" + variant;
        }

        @Override
        public Stay stay() {
            RoleAccess.Pass pass = roles.pass(role);
            return new Stay() {
                @Override
                public Map<String, String> environment() {
                    return pass.environment();
                }

                @Override
                public Network network() {
                    return pass.network();
                }

                @Override
                public LogSink log(String instance, LogWriter logs) {
                    return Endpoint.this.log(instance, logs);
                }

                @Override
                public void close() {
                    pass.close();
                }
            };
        }

        private LogSink log(String instance, LogWriter logs) {
            String group = "/aws/sagemaker/Endpoints/" + endpoint;
            String stream = variant + "/" + instance;
            return line -> logs.append(group, stream, line);
        }
    }
}
