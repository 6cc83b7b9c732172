package io.dormouse.app;

import io.dormouse.artifact.Objects;
import io.dormouse.autoscaling.Autoscaling;
import io.dormouse.autoscaling.ScalingRecords;
import io.dormouse.aws.Caller;
import io.dormouse.function.FunctionRoom;
import io.dormouse.gateway.EndpointPages;
import io.dormouse.gateway.Routes;
import io.dormouse.identity.AccessKeys;
import io.dormouse.identity.Policies;
import io.dormouse.identity.Principals;
import io.dormouse.identity.RoleSessions;
import io.dormouse.identity.Roles;
import io.dormouse.identity.Sts;
import io.dormouse.metrics.Logs;
import io.dormouse.metrics.MetricData;
import io.dormouse.metrics.alarm.AlarmRoom;
import io.dormouse.store.Schema;
import io.dormouse.store.SqliteLibrary;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import io.dormouse.wire.Authenticator;
import io.dormouse.wire.AwsService;
import io.dormouse.wire.ForeignOrigin;
import io.dormouse.wire.Handler;
import io.dormouse.wire.OpenAccess;
import io.dormouse.wire.Operations;
import io.dormouse.wire.Router;
import io.dormouse.wire.s3.S3Handler;
import io.dormouse.wire.sign.Keys;
import io.dormouse.wire.sign.ObjectAuthenticator;
import io.dormouse.wire.sign.Signatures;
import io.dormouse.worker.RoleAccess;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Everything behind the port, constructed in the order data flows: store, objects, metrics,
/// identity, workers, gateway, registry and endpoints, their scaling, jobs. Closed in reverse.
final class Rooms implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Rooms.class.getName());

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final MovableClock clock;
    private final Store store;
    private final Tags tags;
    private final ObjectStore objects;
    private final MetricData metrics;
    private final Logs logs;
    private final Workers workers;
    private final Passes passes;
    private final Routes routes = new Routes();
    private final Messaging messaging;
    private final AlarmRoom alarms;
    private final FunctionRoom functions;
    private final Operations operations;
    private final Authenticator authenticator;
    private final Handler handler;
    private final ForeignOrigin foreign;

    private Rooms(Settings settings, MovableClock clock, Supplier<URI> here) throws IOException {
        this.clock = clock;
        SqliteLibrary.from(settings.cache());
        store = opened(Store.open(settings.data(), clock, schemas()));
        tags = new Tags(store);
        objects = opened(new ObjectStore(settings, store, clock));
        Store measurements = opened(measurements(settings, clock));
        logs = opened(new Logs(measurements, clock));
        metrics = opened(new MetricData(measurements, clock, logs::flush));
        AccessKeys keys =
                new AccessKeys(store, InstantSource.system(), settings.owner(), secrets(settings));
        Roles roles = new Roles(store, clock);
        workers = opened(new Workers(settings, clock, objects.client(), logs.writer(), this::pass));
        Sts sts = new Sts(keys, roles);
        passes = passes(settings, sts, here);
        ScalingRecords scalings = new ScalingRecords(store, tags);
        ControlPlane control =
                opened(
                        new ControlPlane(
                                store,
                                tags,
                                clock,
                                objects.client(),
                                workers,
                                routes,
                                scalings::endpointGone,
                                passes));
        Autoscaling scaling = opened(scaling(settings, clock, scalings, control));
        Jobs jobs =
                opened(
                        new Jobs(
                                settings,
                                store,
                                tags,
                                clock,
                                objects.client(),
                                workers,
                                passes,
                                logs.writer(),
                                metrics.meters()));
        messaging = opened(messaging(settings, clock, here));
        alarms = opened(alarms(clock, scaling));
        authenticator = authenticator(settings, keys);
        functions = opened(functions(settings, clock, here));
        InvocationPath path = opened(path(settings, clock));
        operations = operations(control, jobs, scaling, path, sts, roles, clock);
        S3Handler s3 = s3();
        Router router = new Router(operations, authenticator, s3);
        handler = router;
        foreign = functions.front().foreign(router.foreign(s3::handleForeign));
        control.start();
        workers.keepSwept(control.endpoints()::modelFolders);
        objects.live(workers.alarms(), control.retention());
        scaling.start();
        behindTheStart(clock.instant().plusSeconds(1), path);
        jobs.resume(Jobs.folder(settings));
    }

    private FunctionRoom functions(Settings settings, InstantSource clock, Supplier<URI> here) {
        return InFront.functions(
                settings,
                store,
                tags,
                objects.client(),
                workers,
                passes,
                metrics.meters(),
                clock,
                here,
                authenticator);
    }

    private void tell(String function, String event) {
        functions.tell(function, event);
    }

    private AlarmRoom alarms(InstantSource clock, Autoscaling scaling) {
        return new AlarmRoom(
                store, tags, metrics, messaging.topics(), clock, workers.alarms(), scaling::alarms);
    }

    /// What was not told before the last end: behind the start, which is in a hurry.
    private void behindTheStart(Instant then, InvocationPath path) {
        workers.alarms().at(then, messaging::start);
        workers.alarms().at(then, alarms::start);
        workers.alarms().at(then, functions::start);
        workers.alarms().at(then, path::start);
    }

    private static List<Schema> schemas() {
        List<Schema> schemas = new ArrayList<>(List.of(Objects.SCHEMA, AccessKeys.SCHEMA));
        schemas.addAll(Messaging.SCHEMAS);
        return schemas;
    }

    /// For what starts later than it is constructed.
    private RoleAccess.Pass pass(String roleArn, String region) {
        return passes.pass(roleArn, region);
    }

    private Passes passes(Settings settings, Sts sts, Supplier<URI> here) {
        RoleSessions sessions = new RoleSessions(sts, InstantSource.system());
        return new Passes(sessions, here, workers.launcher(), settings.owner());
    }

    private static Store measurements(Settings settings, InstantSource clock) {
        return Store.open(
                settings.data().resolve("measurements"),
                clock,
                List.of(MetricData.SCHEMA, Logs.SCHEMA));
    }

    private Messaging messaging(Settings settings, MovableClock clock, Supplier<URI> here) {
        return new Messaging(
                store,
                tags,
                clock,
                workers.alarms(),
                here,
                this::operations,
                this::tell,
                settings.owner());
    }

    private InvocationPath path(Settings settings, InstantSource clock) {
        return new InvocationPath(
                settings,
                routes,
                store,
                objects.client(),
                metrics.meters(),
                clock,
                workers.alarms(),
                this::operations);
    }

    private Autoscaling scaling(
            Settings settings, InstantSource clock, ScalingRecords records, ControlPlane control) {
        return new Autoscaling(
                records, control.endpoints(), metrics, clock, workers.alarms(), settings.owner());
    }

    /// The table of what is served, and by whom.
    private Operations operations(
            ControlPlane control,
            Jobs jobs,
            Autoscaling scaling,
            InvocationPath path,
            Sts sts,
            Roles roles,
            InstantSource clock) {
        return path.join(messaging.join(Operations.builder()))
                .join(AwsService.SAGEMAKER, (Object[]) control.operations(jobs))
                .join(AwsService.SAGEMAKER, jobs.training(), jobs.processing())
                .join(AwsService.CLOUDWATCH, metrics)
                .join(AwsService.CLOUDWATCH, alarms.operations())
                .join(AwsService.LOGS, logs, logs.metricFilters())
                .join(AwsService.LAMBDA, (Object[]) functions.operations())
                .join(AwsService.STS, sts)
                .join(
                        AwsService.IAM,
                        roles,
                        new Policies(store, clock),
                        new Principals(store, clock))
                .join(AwsService.APPLICATION_AUTO_SCALING, (Object[]) scaling.operations())
                .build();
    }

    /// Opens them on the data folder; what an earlier life left is taken up.
    ///
    /// @param here where the platform answers, known once its server listens
    /// @throws IOException where the folder cannot be used
    static Rooms open(Settings settings, MovableClock clock, Supplier<URI> here)
            throws IOException {
        return new Rooms(settings, clock, here);
    }

    private <T extends AutoCloseable> T opened(T room) {
        opened.push(room);
        return room;
    }

    private static Map<String, String> secrets(Settings settings) {
        return settings.keys()
                .map(key -> Map.of(key.accessKeyId(), key.secretAccessKey()))
                .orElse(Map.of());
    }

    private static Authenticator authenticator(Settings settings, AccessKeys keys) {
        if (settings.keys().isEmpty()) {
            return new OpenAccess(settings.owner(), keys::caller);
        }
        Keys known = id -> keys.find(id).map(Rooms::key);
        return new Signatures(
                known,
                settings.owner().region(),
                InstantSource.system(),
                Router.DOCUMENT_BYTES_MAX);
    }

    /// S3's signatures reach into the bodies of its requests, so it verifies them itself.
    private S3Handler s3() {
        ObjectAuthenticator ofObjects =
                authenticator instanceof Signatures signatures
                        ? signatures
                        : ObjectAuthenticator.open(authenticator);
        return new S3Handler(objects.client(), ofObjects);
    }

    /// Says who sent a request.
    Authenticator authenticator() {
        return authenticator;
    }

    private static Keys.Key key(AccessKeys.Key key) {
        Caller caller = key.caller();
        return new Keys.Key(
                key.secret(), key.sessionToken().orElse(""), caller.account(), caller.arn());
    }

    /// Answers every request that is AWS's.
    Handler handler() {
        return handler;
    }

    /// Answers what pages of other sites may ask of an open platform.
    ForeignOrigin foreign() {
        return foreign;
    }

    Operations operations() {
        return operations;
    }

    /// Answers what is asked about starts and decisions.
    EndpointPages endpointPages() {
        return new EndpointPages(routes);
    }

    /// Answers function URLs.
    Handler functionUrls() {
        return functions.front();
    }

    /// Answers what Prometheus asks.
    MetricsPage metricsPage() {
        return new MetricsPage(metrics, routes, workers);
    }

    /// Answers what programs ask for their credentials.
    Passes passes() {
        return passes;
    }

    /// Answers what lifecycle rules would do.
    Handler rulesPage() {
        return objects.rulesPage();
    }

    /// Sees to it that the first client's invocation is not this process's first: behind the start,
    /// which is in a hurry.
    ///
    /// @param here where the platform answers
    void rehearse(URI here) {
        workers.alarms()
                .at(
                        clock.instant().plusSeconds(1),
                        () -> workers.rehearse(here, metrics.scratch()));
    }

    Workers workers() {
        return workers;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable room = opened.pop();
            try {
                room.close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "Closing " + room.getClass().getName(), e);
            }
        }
    }
}
