package io.dormouse.modelserver;

import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// The routes of the container contract, in front of at most one model.
///
///     empty (warm) --POST /load--> serving
///                        `-------> failed: the process is to end
final class ModelServer implements HttpConnection.Handler {
    private final Steps steps;
    private final int threads;
    private final Semaphore slots;

    private volatile Optional<Predictor> tenant = Optional.empty();
    private volatile boolean failed;
    private volatile boolean answered;

    ModelServer(Steps steps, int slots, int threads) {
        this.steps = steps;
        this.threads = threads;
        this.slots = new Semaphore(slots);
    }

    /// Loads the model that is served from now on.
    void load(Load load) throws IOException, Unloadable {
        int wanted = load.threads() > 0 ? load.threads() : threads;
        tenant = Optional.of(Kinds.load(load, wanted, steps));
        steps.reach(Step.MODEL);
    }

    /// Whether a load command failed, after which this process serves nobody.
    boolean failed() {
        return failed;
    }

    /// Waits for the invocations under way and lets no other begin.
    void finish(int allSlots) {
        slots.acquireUninterruptibly(allSlots);
    }

    void close() {
        tenant.ifPresent(Predictor::close);
    }

    /// An invocation has its slot until its answer is out: who waits for the slots at the end waits
    /// for that.
    @Override
    public void begun(Head head) {
        if (isInvocation(head)) {
            slots.acquireUninterruptibly();
            steps.reach(Step.REQUEST);
        }
    }

    @Override
    public void ended(Head head) {
        if (isInvocation(head)) {
            slots.release();
        }
    }

    @Override
    public Response handle(Head head, Body body) throws IOException {
        return switch (head.path()) {
            case "/invocations" ->
                    head.method().equals("POST") ? invoke(head, body) : onlyFor("POST");
            case "/ping" -> head.method().equals("GET") ? Response.empty() : onlyFor("GET");
            case "/steps" ->
                    head.method().equals("GET")
                            ? Response.ok(Response.text("application/json", steps.json()))
                            : onlyFor("GET");
            case "/load" -> head.method().equals("POST") ? load(body) : onlyFor("POST");
            default -> Response.error(404, "there is no " + head.path() + " here");
        };
    }

    private static Response onlyFor(String method) {
        return Response.error(405, "only " + method + " is answered here");
    }

    private Response invoke(Head head, Body body) throws IOException {
        Optional<Predictor> predictor = tenant;
        if (predictor.isEmpty()) {
            return Response.error(503, "this worker has no model yet");
        }
        return predict(predictor.get(), head, body).with(headers(head));
    }

    private static boolean isInvocation(Head head) {
        return head.path().equals("/invocations");
    }

    private static Response predict(Predictor predictor, Head head, Body body) throws IOException {
        try {
            return Response.ok(
                    predictor.predict(
                            new Predictor.Request(head.contentType(), head.accept(), body)));
        } catch (Refusal e) {
            return Response.error(e.status(), e.getMessage());
        } catch (IOException e) {
            if (body.broken()) {
                throw e;
            }
            return failure(e);
        } catch (RuntimeException e) {
            return failure(e);
        }
    }

    /// The steps go with the first answer, whatever it says.
    private String headers(Head head) {
        String headers = "";
        if (!answered) {
            answered = true;
            steps.reach(Step.ANSWER);
            headers = "X-Dormouse-Steps: " + steps.header() + "\r\n";
        }
        return head.customAttributes().isEmpty()
                ? headers
                : headers
                        + "X-Amzn-SageMaker-Custom-Attributes: "
                        + head.customAttributes()
                        + "\r\n";
    }

    private static Response failure(Exception e) {
        e.printStackTrace();
        return Response.error(500, "the model failed: " + oneLine(e));
    }

    /// The fault in one line.
    static String oneLine(Throwable e) {
        String message = String.valueOf(e.getMessage());
        return (e.getMessage() == null ? e.getClass().getSimpleName() : message)
                .replace('\r', ' ')
                .replace('\n', ' ')
                .strip();
    }

    private synchronized Response load(Body body) throws IOException {
        if (tenant.isPresent()) {
            return Response.error(409, "this worker has its model already");
        }
        steps.clear();
        steps.reach(Step.SPAWNED);
        try {
            load(command(new JsonReader(body)));
            return Response.empty();
        } catch (Refusal e) {
            return Response.error(e.status(), e.getMessage());
        } catch (Unloadable e) {
            failed = true;
            System.err.println("cannot load: " + e.getMessage());
            return Response.fatal(400, e.getMessage());
        }
    }

    /// The load command's document. Members that are not known are ignored: the platform may be
    /// newer.
    private static Load command(JsonReader json) throws IOException, Refusal {
        String kind = "";
        Optional<File> model = Optional.empty();
        Optional<File> prepared = Optional.empty();
        Map<String, String> environment = new HashMap<>();
        int memoryMb = 0;
        int wanted = 0;
        json.beginObject();
        while (json.next('}')) {
            switch (json.name()) {
                case "kind" -> kind = json.string();
                case "model" -> model = Optional.of(new File(json.string()));
                case "prepared" -> prepared = Optional.of(new File(json.string()));
                case "memory_mb" -> memoryMb = (int) json.decimal();
                case "threads" -> wanted = (int) json.decimal();
                case "environment" -> {
                    json.beginObject();
                    while (json.next('}')) {
                        environment.put(json.name(), json.string());
                    }
                }
                default -> json.skip();
            }
        }
        json.end();
        if (kind.isEmpty() || model.isEmpty()) {
            throw Refusal.badInput("a load command needs 'kind' and 'model'");
        }
        return new Load(kind, model.get(), prepared, environment, memoryMb, wanted);
    }
}
