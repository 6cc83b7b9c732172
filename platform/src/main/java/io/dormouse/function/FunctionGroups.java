package io.dormouse.function;

import io.dormouse.store.Tags;
import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.Groups;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Tuning;
import io.dormouse.worker.WorkerGroup;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;

/// The groups of instances of functions: one for each version that was invoked, made at its first
/// invocation, replaced when the function is another.
final class FunctionGroups implements AutoCloseable {
    /// What AWS gives an account, for all its functions.
    static final int CONCURRENCY_MAX = 1000;

    private final Groups groups;
    private final Runtimes runtimes;
    private final Tags tags;
    private final RoleAccess roles;
    private final InstantSource clock;
    private final Map<String, Hosted> hosted = new ConcurrentHashMap<>();

    /// Replaced or deleted, and not at their end yet.
    private final Set<Hosted> draining = ConcurrentHashMap.newKeySet();

    /// What is to be done, by the code that it waits for.
    private final Map<String, Runnable> waiting = new ConcurrentHashMap<>();

    /// A group and what it is of.
    record Hosted(Function function, FunctionHosting hosting, WorkerGroup group) {
        private boolean serves(Function other) {
            return function.shape().revisionId().equals(other.shape().revisionId());
        }
    }

    FunctionGroups(
            Groups groups, Runtimes runtimes, Tags tags, RoleAccess roles, InstantSource clock) {
        this.groups = groups;
        this.runtimes = runtimes;
        this.tags = tags;
        this.roles = roles;
        this.clock = clock;
    }

    /// The group of a function as it is now.
    ///
    /// @throws StartFailed where it cannot be run here
    Hosted of(Function function) throws StartFailed {
        String key = key(function);
        Hosted known = hosted.get(key);
        if (known != null && known.serves(function)) {
            return known;
        }
        synchronized (this) {
            Hosted now = hosted.get(key);
            if (now != null && now.serves(function)) {
                return now;
            }
            Hosted made = made(function);
            hosted.put(key, made);
            if (now != null) {
                drain(now);
            }
            return made;
        }
    }

    private static String key(Function function) {
        return function.name() + ":" + function.version();
    }

    private Hosted made(Function function) throws StartFailed {
        FunctionHosting hosting = new FunctionHosting(function, roles, clock);
        FunctionConfiguration shape = function.shape();
        WorkerGroup group =
                groups.create(
                        new GroupSpec(
                                hosting,
                                runtimes.prepared(function),
                                shape.memorySize(),
                                most(function),
                                0,
                                environment(function),
                                tuning(tags.of(function.arn()))));
        return new Hosted(function, hosting, group);
    }

    static int most(Function function) {
        return Math.max(1, function.reserved().orElse(CONCURRENCY_MAX));
    }

    /// One invocation at a time in an instance, as on Lambda.
    static Tuning tuning(Map<String, String> tags) {
        Map<String, String> ours = new HashMap<>(tags);
        ours.remove("dormouse:slots");
        return Tuning.of(ours);
    }

    /// [AWS's
    /// variables](https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
    private static Map<String, String> environment(Function function) {
        FunctionConfiguration shape = function.shape();
        Map<String, String> all = new HashMap<>(function.environment());
        all.put("_HANDLER", shape.handler());
        all.put("AWS_EXECUTION_ENV", "AWS_Lambda_" + shape.runtimeAsString());
        all.put("AWS_LAMBDA_FUNCTION_NAME", shape.functionName());
        all.put("AWS_LAMBDA_FUNCTION_VERSION", shape.version());
        all.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(shape.memorySize()));
        all.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
        all.put("AWS_LAMBDA_LOG_GROUP_NAME", shape.loggingConfig().logGroup());
        all.putIfAbsent("TZ", ":UTC");
        return all;
    }

    /// Changes how many invocations at once a function may have.
    void bound(Function function) {
        hosted.values().stream()
                .filter(each -> each.function().name().equals(function.name()))
                .forEach(each -> each.group().bounds(0, most(function)));
    }

    /// A function's instances go, each with its last invocation: its tags say another thing.
    void forget(String name) {
        hosted.values().stream()
                .map(Hosted::function)
                .filter(each -> each.name().equals(name))
                .toList()
                .forEach(this::forget);
    }

    /// The same of a function or version that was deleted, or is another now.
    void forget(Function function) {
        Hosted gone = hosted.get(key(function));
        if (gone != null && gone.serves(function) && hosted.remove(key(function), gone)) {
            drain(gone);
        }
    }

    private void drain(Hosted gone) {
        draining.add(gone);
        var _ =
                gone.group()
                        .drain()
                        .whenComplete((_, _) -> {
                            draining.remove(gone);
                            look();
                        });
    }

    /// Does something once no instance runs a code that functions no longer have.
    void whenUnused(String code, Runnable task) {
        waiting.put(code, task);
        look();
    }

    private void look() {
        Set<String> running =
                draining.stream().map(each -> each.function().code()).collect(Collectors.toSet());
        for (String code : List.copyOf(waiting.keySet())) {
            Runnable task = running.contains(code) ? null : waiting.remove(code);
            if (task != null) {
                task.run();
            }
        }
    }

    @Override
    public void close() {
        waiting.clear();
        hosted.values().forEach(each -> each.group().close());
        hosted.clear();
    }
}
