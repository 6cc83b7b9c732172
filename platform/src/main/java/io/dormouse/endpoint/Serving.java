package io.dormouse.endpoint;

import io.dormouse.gateway.Route;
import io.dormouse.gateway.Routes;
import io.dormouse.gateway.Variant;
import io.dormouse.worker.GroupSpec;
import io.dormouse.worker.Groups;
import io.dormouse.worker.LogSink;
import io.dormouse.worker.Models;
import io.dormouse.worker.PreparedModel;
import io.dormouse.worker.RoleAccess;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Tuning;
import io.dormouse.worker.WorkerGroup;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What is really there of endpoints: their groups, and the routes to them. Nothing here outlives
/// the process; [Reconciler] makes it again.
final class Serving implements AutoCloseable {
    /// An invocation may take 60 s and its answer be read slowly.
    private static final Duration DRAIN_MAX = Duration.ofSeconds(90);

    /// What is provisioned starts within that, or not at all.
    private static final Duration PROVISION_MAX = Duration.ofMinutes(10);

    /// When a plan counts as served.
    enum Begin {
        /// As soon as its requests find a group: what was in service is so again after a restart.
        AT_ONCE,
        /// When what it has provisioned is ready, as AWS has it.
        PROVISIONED
    }

    private record Found(Plan plan, Tuning tuning, WorkerGroup group) {}

    private final Models models;
    private final Groups groups;
    private final Routes routes;
    private final RoleAccess roles;

    /// Preparing takes a core for itself.
    private final Semaphore preparations =
            new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    private final ConcurrentHashMap<String, Found> found = new ConcurrentHashMap<>();
    private final Set<WorkerGroup> draining = ConcurrentHashMap.newKeySet();

    Serving(Models models, Groups groups, Routes routes, RoleAccess roles) {
        this.models = models;
        this.groups = groups;
        this.routes = routes;
        this.roles = roles;
    }

    boolean isServed(String endpoint) {
        return found.containsKey(endpoint);
    }

    int instances(String endpoint) {
        Found serving = found.get(endpoint);
        return serving == null ? 0 : serving.group().stats().instances();
    }

    /// Makes the endpoint serve a plan, whatever it serves now: does nothing where it does already,
    /// changes limits where these alone differ, and else prepares the new group before the old one
    /// is let go.
    ///
    /// @return the plan with its model laid out
    /// @throws StartFailed and what was served is served still
    Plan serve(String endpoint, Plan plan, Tuning tuning, Begin begin, LogSink progress)
            throws StartFailed, InterruptedException {
        Optional<Found> now = Optional.ofNullable(found.get(endpoint));
        Optional<Found> same =
                now.filter(each -> each.plan().sameInstances(plan) && each.tuning().equals(tuning));
        if (same.isPresent()) {
            Plan served = plan.prepared().isPresent() ? plan : laidOut(plan, same.get().plan());
            if (!served.equals(same.get().plan())) {
                resize(same.get(), served, begin, progress);
                publish(endpoint, new Found(served, tuning, same.get().group()));
            }
            return served;
        }
        PreparedModel model = prepare(plan, progress);
        Fit.check(model, plan.serverless().memorySizeInMB());
        GroupSpec spec = plan.group(endpoint, model, tuning, roles);
        Plan served = plan.with(model);
        WorkerGroup group = groups.create(spec);
        try {
            awaitProvisioned(group, plan, begin, progress);
        } catch (StartFailed | InterruptedException e) {
            group.close();
            throw e;
        }
        publish(endpoint, new Found(served, tuning, group));
        now.ifPresent(old -> Thread.startVirtualThread(() -> end(old.group())));
        return served;
    }

    /// Gives a group the limits of another plan, or leaves it as it was.
    private static void resize(Found found, Plan plan, Begin begin, LogSink progress)
            throws StartFailed, InterruptedException {
        limit(found, plan);
        try {
            awaitProvisioned(found.group(), plan, begin, progress);
        } catch (StartFailed | InterruptedException e) {
            limit(found, found.plan());
            throw e;
        }
    }

    private static void limit(Found found, Plan plan) {
        int min = Math.ceilDiv(plan.provisioned(), found.tuning().slots());
        found.group().bounds(min, plan.serverless().maxConcurrency());
    }

    private static void awaitProvisioned(
            WorkerGroup group, Plan plan, Begin begin, LogSink progress)
            throws StartFailed, InterruptedException {
        if (begin == Begin.AT_ONCE || plan.provisioned() == 0) {
            return;
        }
        progress.line("Starting what is provisioned: " + plan.provisioned());
        try {
            group.provisioned().get(PROVISION_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StartFailed failure) {
                throw failure;
            }
            throw new StartFailed(StartFailed.Cause.PLATFORM, "Not provisioned: " + e, e);
        } catch (TimeoutException e) {
            throw new StartFailed(
                    StartFailed.Cause.TIMEOUT,
                    "ProvisionedConcurrency "
                            + plan.provisioned()
                            + " was not ready within "
                            + PROVISION_MAX.toMinutes()
                            + " minutes.",
                    e);
        }
    }

    private static Plan laidOut(Plan plan, Plan like) {
        return like.prepared().map(plan::with).orElse(plan);
    }

    private void publish(String endpoint, Found serving) {
        Plan plan = serving.plan();
        Variant variant =
                new Variant(
                        plan.variant().variantName(),
                        plan.weight(),
                        plan.provisioned(),
                        serving.group());
        found.put(endpoint, serving);
        routes.update(
                table -> table.with(new Route(endpoint, List.of(variant), plan.asyncSettings())));
    }

    private PreparedModel prepare(Plan plan, LogSink progress)
            throws StartFailed, InterruptedException {
        Optional<PreparedModel> before = plan.prepared().filter(Serving::isThere);
        if (before.isPresent()) {
            return before.get();
        }
        preparations.acquire();
        try {
            return models.prepare(plan.source(), progress);
        } finally {
            preparations.release();
        }
    }

    private static boolean isThere(PreparedModel model) {
        return Files.isDirectory(model.folder())
                && model.prepared().stream().allMatch(Files::exists);
    }

    /// Takes the endpoint out of service and returns when its last answer is given.
    void withdraw(String endpoint) {
        routes.update(table -> table.without(endpoint));
        Found serving = found.remove(endpoint);
        if (serving != null) {
            end(serving.group());
        }
    }

    private void end(WorkerGroup group) {
        draining.add(group);
        try {
            group.drain().get(DRAIN_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            System.getLogger(Serving.class.getName())
                    .log(System.Logger.Level.WARNING, "A group did not drain: it is ended", e);
        } finally {
            group.close();
            draining.remove(group);
        }
    }

    /// Ends every group now.
    @Override
    public void close() {
        found.keySet().forEach(endpoint -> routes.update(table -> table.without(endpoint)));
        found.values().forEach(serving -> serving.group().close());
        draining.forEach(WorkerGroup::close);
        found.clear();
    }
}
