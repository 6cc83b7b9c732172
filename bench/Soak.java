import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Mixed traffic over fifty endpoints for a long time, with faults injected: every answer is checked
/// against what its model must say, and what the platform holds of the machine is sampled.
///
/// `bench/run soak [--minutes 20]` ends with exit code 1 where an answer was wrong or lost, a request
/// hung, or something grew.
public final class Soak {
    private static final int ENDPOINTS = 50;
    private static final int BUSY = 6;
    private static final int CHURNING = 4;
    private static final int MODELS = 8;
    private static final int CLIENTS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

    /// An endpoint and the models that may answer for it now.
    private static final class Target {
        final String name;
        volatile Set<SoakModel> models;
        volatile boolean absent;

        Target(String name, SoakModel model) {
            this.name = name;
            this.models = Set.of(model);
        }
    }

    private final SoakPlatform platform;
    private final List<Target> targets = new ArrayList<>();
    private final Map<SoakModel, String> configs = new ConcurrentHashMap<>();
    private final List<SoakModel> models = new ArrayList<>();
    private final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();
    private final List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
    private volatile boolean over;

    private Soak(SoakPlatform platform) {
        this.platform = platform;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        int at = words.indexOf("--minutes");
        double minutes = at >= 0 ? Double.parseDouble(words.get(at + 1)) : 20;
        if (words.contains("--quick")) {
            minutes = 1;
        }
        boolean right;
        try (SoakPlatform platform = new SoakPlatform()) {
            right = new Soak(platform).run(minutes);
        }
        System.exit(right ? 0 : 1);
    }

    private boolean run(double minutes) throws Exception {
        deploy();
        List<SoakPlatform.Held> samples = java.util.Collections.synchronizedList(new ArrayList<>());
        // What is there after all has been used once, faults included, is what it needs.
        traffic(Math.min(120, minutes * 60 * 0.25), samples, 0);
        SoakPlatform.Held before = quiet(samples);
        double heapBefore = platform.liveHeapMb();
        traffic(minutes * 60, samples, before.second());
        SoakPlatform.Held after = quiet(samples);
        double heapAfter = platform.liveHeapMb();
        return new SoakPage(counts, wrong, samples, before, after, heapBefore, heapAfter, minutes)
                .write(platform.data.resolve("platform.log"));
    }

    private void deploy() throws Exception {
        Path folder = Files.createTempDirectory("bench-models");
        for (int i = 0; i < MODELS; i++) {
            SoakModel model = new SoakModel(i + 2, i % 2 == 1);
            models.add(model);
            Target target = new Target("soak-" + i, model);
            configs.put(model, platform.deploy(target.name, model.write(folder)));
            targets.add(target);
        }
        for (int i = MODELS; i < ENDPOINTS; i++) {
            Target target = new Target("soak-" + i, models.get(i % MODELS));
            platform.create(target.name, configs.get(models.get(i % MODELS)), 1 + i % 3);
            targets.add(target);
        }
    }

    private void traffic(double seconds, List<SoakPlatform.Held> samples, double from)
            throws Exception {
        over = false;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofPlatform().start(this::client));
        }
        threads.add(Thread.ofPlatform().start(() -> faults(new Random(1))));
        threads.add(Thread.ofPlatform().start(() -> changes(new Random(2))));
        long begin = System.nanoTime();
        double second = 0;
        while (second < seconds) {
            Thread.sleep(1000);
            second = (System.nanoTime() - begin) / 1e9;
            samples.add(platform.held(from + second));
        }
        over = true;
        for (Thread each : threads) {
            each.join(PATIENCE.plusSeconds(30));
            if (each.isAlive()) {
                wrong.add("a request hangs");
            }
        }
    }

    /// Waits until every endpoint sleeps; after that long enough, whatever is left is a leak.
    private SoakPlatform.Held quiet(List<SoakPlatform.Held> samples) throws Exception {
        long end = System.nanoTime() + 40_000_000_000L;
        double second = samples.getLast().second();
        int calm = 0;
        while (System.nanoTime() < end && calm < 5) {
            Thread.sleep(1000);
            second++;
            samples.add(platform.held(second));
            calm = platform.workers().size() <= 1 ? calm + 1 : 0;
        }
        return samples.getLast();
    }

    // Clients

    private void client() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try {
            while (!over) {
                boolean busy = random.nextDouble() < 0.9;
                Target target =
                        targets.get(busy ? random.nextInt(BUSY) : random.nextInt(ENDPOINTS));
                ask(target, Math.round(random.nextDouble() * 1e6) / 1e3, random.nextBoolean());
                Thread.sleep(random.nextInt(30));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            wrong.add("a client ended: " + e);
        }
    }

    private void ask(Target target, double x, boolean csv) throws InterruptedException {
        Set<SoakModel> before = target.models;
        boolean absent = target.absent;
        SoakModel some = before.iterator().next();
        String type = csv ? "text/csv" : "application/json";
        HttpResponse<String> answer;
        try {
            answer = invoke(target, type, csv ? x + "\n" : some.json(x));
        } catch (HttpTimeoutException e) {
            wrong.add(target.name + " did not answer within " + PATIENCE);
            return;
        } catch (IOException e) {
            wrong.add(target.name + ": the connection broke: " + e);
            return;
        }
        absent |= target.absent;
        if (answer.statusCode() == 200) {
            count("answers");
            check(target, x, answer.body(), before);
        } else if (absent && answer.body().contains("not found")) {
            count("to an endpoint that was deleted");
        } else if (answer.statusCode() == 424 || answer.statusCode() >= 500) {
            count("errors that AWS has for a broken instance");
            note(answer);
        } else {
            wrong.add(target.name + " " + answer.statusCode() + ": " + answer.body());
        }
    }

    private void note(HttpResponse<String> answer) {
        if (counts.get("errors that AWS has for a broken instance").get() <= 5) {
            System.err.println(answer.statusCode() + ": " + answer.body());
        }
    }

    private void check(Target target, double x, String body, Set<SoakModel> before) {
        double found = Double.NaN;
        Matcher numbers = NUMBER.matcher(body);
        while (numbers.find()) {
            found = Double.parseDouble(numbers.group());
        }
        double said = found;
        boolean right =
                java.util.stream.Stream.concat(before.stream(), target.models.stream())
                        .mapToDouble(each -> each.answer(x))
                        .anyMatch(each -> Math.abs(each - said) <= 1e-5 * Math.abs(each));
        if (!right) {
            wrong.add(target.name + " to " + x + " answered " + body);
        }
    }

    private HttpResponse<String> invoke(Target target, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri(target))
                        .header("Content-Type", type)
                        .header("Accept", type)
                        .timeout(PATIENCE)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return platform.http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private java.net.URI uri(Target target) {
        return platform.endpoint.resolve("/endpoints/" + target.name + "/invocations");
    }

    private void count(String what) {
        counts.computeIfAbsent(what, _ -> new AtomicLong()).incrementAndGet();
    }

    // Faults

    private void faults(Random random) {
        try {
            while (!over) {
                Thread.sleep(300 + random.nextInt(400));
                Target target = targets.get(random.nextInt(BUSY));
                switch (random.nextInt(4)) {
                    case 0 -> kill(random);
                    case 1 -> refused("malformed requests", target, "{\"inputs\":{\"x\":[[", 400, 424);
                    case 2 -> refused("too large requests", target, "1,".repeat(5 << 20), 400, 413);
                    default -> hangUp(target, random.nextBoolean());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            wrong.add("the faults ended: " + e);
        }
    }

    private void kill(Random random) {
        List<ProcessHandle> workers = platform.workers();
        if (!workers.isEmpty() && workers.get(random.nextInt(workers.size())).destroyForcibly()) {
            count("workers killed");
        }
    }

    private void refused(String what, Target target, String body, int... expected)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = invoke(target, "application/json", body);
        count(what);
        for (int each : expected) {
            if (answer.statusCode() == each) {
                return;
            }
        }
        boolean broken = answer.statusCode() >= 500;
        if (broken) {
            count("errors that AWS has for a broken instance");
        } else {
            wrong.add(what + ": " + answer.statusCode() + ": " + answer.body());
        }
    }

    /// A client that goes in the middle of its request, or before its answer.
    private void hangUp(Target target, boolean inRequest) throws IOException {
        String body = "1.5\n";
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n"
                        .formatted(uri(target).getPath(), inRequest ? 1000 : body.length());
        try (Socket socket = new Socket("127.0.0.1", platform.endpoint.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write((head + body).getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        count("clients that hung up");
    }

    // Changes

    private void changes(Random random) {
        try {
            while (!over) {
                Thread.sleep(500 + random.nextInt(1000));
                if (random.nextBoolean()) {
                    update(targets.get(random.nextInt(BUSY)), random);
                } else {
                    churn(targets.get(ENDPOINTS - 1 - random.nextInt(CHURNING)));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            wrong.add("the changes ended: " + e);
        }
    }

    /// To another model of the same kind, whose requests look the same.
    private void update(Target target, Random random) throws Exception {
        SoakModel old = target.models.iterator().next();
        List<SoakModel> others =
                models.stream().filter(each -> each.trees() == old.trees() && each != old).toList();
        SoakModel next = others.get(random.nextInt(others.size()));
        target.models = Set.of(old, next);
        platform.update(target.name, configs.get(next));
        target.models = Set.of(next);
        count("endpoints updated");
    }

    private void churn(Target target) throws Exception {
        target.absent = true;
        platform.delete(target.name);
        platform.create(target.name, configs.get(target.models.iterator().next()), 1);
        target.absent = false;
        count("endpoints deleted and made again");
    }
}
