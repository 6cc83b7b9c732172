package io.dormouse.function;

import io.dormouse.metrics.LogWriter;
import io.dormouse.worker.Hosting;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Network;
import io.dormouse.worker.RoleAccess;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// The instances of a function: each with the credentials of its role, a way to the platform, and a
/// log stream named as Lambda names it.
final class FunctionHosting implements Hosting {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy/MM/dd").withZone(ZoneOffset.UTC);

    private final Function function;
    private final RoleAccess roles;
    private final InstantSource clock;
    private final Map<String, FunctionLog> logs = new ConcurrentHashMap<>();

    FunctionHosting(Function function, RoleAccess roles, InstantSource clock) {
        this.function = function;
        this.roles = roles;
        this.clock = clock;
    }

    @Override
    public String owner() {
        boolean latest = function.version().equals(FunctionName.LATEST);
        return "function/" + function.name() + (latest ? "" : ":" + function.version());
    }

    /// The log of an instance that runs.
    Optional<FunctionLog> log(String instance) {
        return Optional.ofNullable(logs.get(instance));
    }

    @Override
    public Hosting.Stay stay() {
        String region = function.shape().functionArn().split(":", -1)[3];
        String stream =
                DAY.format(clock.instant())
                        + "/["
                        + function.version()
                        + "]"
                        + UUID.randomUUID().toString().replace("-", "");
        return new Stay(roles.pass(function.shape().role(), region), stream);
    }

    private final class Stay implements Hosting.Stay {
        private final RoleAccess.Pass pass;
        private final String stream;
        private volatile String instance = "";

        Stay(RoleAccess.Pass pass, String stream) {
            this.pass = pass;
            this.stream = stream;
        }

        @Override
        public Map<String, String> environment() {
            Map<String, String> all = new HashMap<>(pass.environment());
            all.put("AWS_LAMBDA_LOG_STREAM_NAME", stream);
            return all;
        }

        @Override
        public Network network() {
            return pass.network();
        }

        @Override
        public LogSink log(String instance, LogWriter writer) {
            this.instance = instance;
            String group = function.shape().loggingConfig().logGroup();
            FunctionLog log =
                    new FunctionLog(line -> writer.append(group, stream, line), function.version());
            logs.put(instance, log);
            return log;
        }

        @Override
        public void close() {
            logs.remove(instance);
            pass.close();
        }
    }
}
