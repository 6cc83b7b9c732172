package io.dormouse.endpoint;

import io.dormouse.store.Entry;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.StoreFailure;
import io.dormouse.store.Tags;
import io.dormouse.store.Tx;
import io.dormouse.worker.StartFailed;
import io.dormouse.worker.Tuning;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Makes endpoints what was asked for. Each look compares the record with what is really served and
/// does what is missing; what it did is then committed as the record's next state. A look that was
/// cut off, by `kill -9` too, is simply made again and ends in the same place.
///
///     Creating      serve(asked)             → InService, or Failed with the reason
///     InService     serve(plan)              → (nothing), or OutOfService: tried again later
///     Updating      serve(plan), serve(next) → InService(next), or InService(plan) with the reason
///     Deleting      withdraw                 → the record is gone
///     Failed        withdraw
///     (no record)   withdraw
///
/// Looks at one endpoint follow each other; different endpoints are looked at side by side.
final class Reconciler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Reconciler.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(15);
    private static final int REASON_MAX = 1024;

    private final Store store;
    private final Records<Endpoint> endpoints;
    private final Tags tags;
    private final InstantSource clock;
    private final Serving serving;
    private final Departure departure;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentHashMap<String, CompletableFuture<String>> looks =
            new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, String> progress = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Reconciler(
            Store store,
            Records<Endpoint> endpoints,
            Tags tags,
            InstantSource clock,
            Serving serving,
            Departure departure) {
        this.store = store;
        this.endpoints = endpoints;
        this.tags = tags;
        this.clock = clock;
        this.serving = serving;
        this.departure = departure;
    }

    /// Looks at every endpoint, and returns when those that were in service are again, or are known
    /// not to be.
    void start() {
        List<CompletableFuture<String>> awaited = new ArrayList<>();
        for (Entry<Endpoint> entry : endpoints.all()) {
            CompletableFuture<String> look = look(entry.name());
            if (entry.body().state() instanceof EndpointState.InService) {
                awaited.add(look);
            }
        }
        awaited.forEach(CompletableFuture::join);
    }

    /// Looks at an endpoint soon: after each change of its record or its tags.
    void wake(String key) {
        CompletableFuture<String> look = look(key);
        LOG.log(System.Logger.Level.TRACE, () -> "Looking at " + key + ": " + look);
    }

    /// @return completes after the look
    private CompletableFuture<String> look(String key) {
        CompletableFuture<String> look =
                looks.compute(
                        key,
                        (_, last) ->
                                (last == null ? CompletableFuture.completedFuture(key) : last)
                                        .handleAsync((_, _) -> attempt(key), threads));
        return look.whenComplete((_, _) -> looks.remove(key, look));
    }

    private void later(String key) {
        CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (!closed) {
                        wake(key);
                    }
                });
    }

    private String attempt(String key) {
        try {
            step(key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.log(System.Logger.Level.WARNING, "Endpoint " + key + " is tried again", e);
                later(key);
            }
        }
        return key;
    }

    private void step(String key) throws InterruptedException {
        Optional<Entry<Endpoint>> asked = endpoints.get(key);
        if (asked.isEmpty()) {
            return;
        }
        Entry<Endpoint> entry = asked.get();
        switch (entry.body().state()) {
            case EndpointState.Creating creating -> create(entry, creating);
            case EndpointState.InService inService -> keep(entry, inService);
            case EndpointState.OutOfService lost -> recover(entry, lost);
            case EndpointState.Updating updating -> update(entry, updating);
            case EndpointState.Failed _ -> serving.withdraw(entry.body().name());
            case EndpointState.Deleting _ -> delete(entry);
        }
    }

    private void create(Entry<Endpoint> entry, EndpointState.Creating state)
            throws InterruptedException {
        try {
            commit(entry, state.ready(serve(entry, state.asked(), Serving.Begin.PROVISIONED)));
        } catch (StartFailed e) {
            commit(entry, state.failed(reason(e)));
        }
    }

    private void keep(Entry<Endpoint> entry, EndpointState.InService state)
            throws InterruptedException {
        try {
            serve(entry, state.plan(), Serving.Begin.AT_ONCE);
        } catch (StartFailed e) {
            if (serving.isServed(entry.body().name())) {
                LOG.log(System.Logger.Level.WARNING, "Settings of " + entry.name(), e);
                return;
            }
            commit(entry, state.lost(reason(e)));
            later(entry.name());
        }
    }

    private void recover(Entry<Endpoint> entry, EndpointState.OutOfService state)
            throws InterruptedException {
        try {
            commit(entry, state.recovered(serve(entry, state.plan(), Serving.Begin.PROVISIONED)));
        } catch (StartFailed e) {
            LOG.log(System.Logger.Level.DEBUG, "Still out of service: " + entry.name(), e);
            later(entry.name());
        }
    }

    private void update(Entry<Endpoint> entry, EndpointState.Updating state)
            throws InterruptedException {
        String name = entry.body().name();
        if (!serving.isServed(name)) {
            try {
                serve(entry, state.plan(), Serving.Begin.AT_ONCE);
            } catch (StartFailed e) {
                LOG.log(System.Logger.Level.DEBUG, "Not served before its update: " + name, e);
            }
        }
        try {
            commit(entry, state.switched(serve(entry, state.to(), Serving.Begin.PROVISIONED)));
        } catch (StartFailed e) {
            commit(entry, state.rolledBack(reason(e)));
            wake(entry.name());
        }
    }

    private void delete(Entry<Endpoint> entry) {
        serving.withdraw(entry.body().name());
        if (closed) {
            return;
        }
        store.write(tx -> {
            tags.removeAll(tx, entry.body().arn());
            append(tx, entry, "DELETED");
            departure.gone(tx, entry.body().name());
            return endpoints.delete(tx, entry.name());
        });
    }

    private Plan serve(Entry<Endpoint> entry, Plan plan, Serving.Begin begin)
            throws StartFailed, InterruptedException {
        Endpoint endpoint = entry.body();
        try {
            Tuning tuning = Tuning.of(tags.of(endpoint.arn()));
            return serving.serve(
                    endpoint.name(), plan, tuning, begin, line -> progress.put(entry.name(), line));
        } catch (StoreFailure e) {
            throw e;
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.log(System.Logger.Level.ERROR, "Cannot serve endpoint " + entry.name(), e);
            }
            throw new StartFailed(
                    StartFailed.Cause.PLATFORM, "The platform could not serve it: " + e, e);
        } finally {
            progress.remove(entry.name());
        }
    }

    private static String reason(StartFailed e) {
        String reason = String.valueOf(e.getMessage());
        return reason.length() > REASON_MAX ? reason.substring(0, REASON_MAX) : reason;
    }

    /// A closing platform interrupts what is being prepared: that is no failure of the endpoint.
    private void commit(Entry<Endpoint> from, EndpointState to) {
        if (!closed) {
            store.write(tx -> move(tx, from, to));
        }
    }

    private boolean move(Tx tx, Entry<Endpoint> from, EndpointState to) {
        boolean unchanged =
                endpoints
                        .get(tx, from.name())
                        .map(Entry::body)
                        .filter(from.body()::equals)
                        .isPresent();
        if (unchanged) {
            put(tx, from, from.body().in(to));
        }
        return unchanged;
    }

    /// Writes an endpoint's next state, with its event.
    void put(Tx tx, Entry<Endpoint> from, Endpoint endpoint) {
        Instant now = clock.instant();
        Entry<Endpoint> next = from.now(endpoint.state().status().toString(), now, endpoint);
        endpoints.update(tx, next);
        append(tx, next);
    }

    void append(Tx tx, Entry<Endpoint> entry) {
        append(tx, entry, entry.body().state().status().name());
    }

    private void append(Tx tx, Entry<Endpoint> entry, String status) {
        Map<String, String> tagged = tags.of(tx, entry.body().arn());
        Resource.ENDPOINT.tell(tx, entry.body().arn(), EndpointEvent.detail(entry, status, tagged));
    }

    /// What is being prepared for an endpoint; empty where nothing is.
    String progress(String key) {
        return progress.getOrDefault(key, "");
    }

    /// Looks no more, and ends every group.
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        serving.close();
    }
}
