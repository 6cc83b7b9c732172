import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The platform under the soak, its API and what it holds of the machine.
final class SoakPlatform implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    private static final String DORMOUSE = ROOT.resolve("dormouse").toString();

    final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
    final Path data;
    final URI endpoint;
    final long pid;

    /// What it holds at one time.
    ///
    /// @param rssMb resident memory of the platform's own process
    /// @param runEntries in the folder of running instances
    /// @param temporary files that are to go again
    /// @param cgroups of this platform's instances
    record Held(
            double second,
            double rssMb,
            long descriptors,
            long threads,
            long processes,
            long runEntries,
            long temporary,
            long cgroups) {}

    SoakPlatform() throws Exception {
        data = Files.createTempDirectory("bench-soak");
        Contender.run(
                List.of(
                        DORMOUSE, "start", "--detach", "--port", "0", "--warm-pool", "1", "--data",
                        data.toString()));
        Properties note = new Properties();
        try (InputStream in = Files.newInputStream(data.resolve("platform.properties"))) {
            note.load(in);
        }
        endpoint = URI.create(note.getProperty("endpoint"));
        pid = Long.parseLong(note.getProperty("pid"));
    }

    /// Deploys a model.
    ///
    /// @return the name of its endpoint configuration
    String deploy(String name, Path file) throws Exception {
        Contender.run(
                List.of(
                        DORMOUSE, "deploy", file.toString(), "--name", name, "--memory", "1024",
                        "--max-concurrency", "10", "--idle-seconds", "2", "--endpoint-url",
                        endpoint.toString()));
        return describe(name).path("EndpointConfigName").asString();
    }

    JsonNode describe(String name) throws Exception {
        return sageMaker("DescribeEndpoint", "{\"EndpointName\":\"" + name + "\"}");
    }

    void create(String name, String config, int idleSeconds) throws Exception {
        sageMaker(
                "CreateEndpoint",
                "{\"EndpointName\":\"%s\",\"EndpointConfigName\":\"%s\",\"Tags\":[{\"Key\":\"dormouse:idle-seconds\",\"Value\":\"%d\"}]}"
                        .formatted(name, config, idleSeconds));
        awaitInService(name);
    }

    void update(String name, String config) throws Exception {
        sageMaker(
                "UpdateEndpoint",
                "{\"EndpointName\":\"%s\",\"EndpointConfigName\":\"%s\"}".formatted(name, config));
        awaitInService(name);
    }

    void delete(String name) throws Exception {
        sageMaker("DeleteEndpoint", "{\"EndpointName\":\"" + name + "\"}");
        long end = System.nanoTime() + 60_000_000_000L;
        while (call("DescribeEndpoint", "{\"EndpointName\":\"" + name + "\"}").statusCode()
                == 200) {
            require(System.nanoTime() < end, name + " is not deleted");
            Thread.sleep(20);
        }
    }

    private void awaitInService(String name) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!describe(name).path("EndpointStatus").asString().equals("InService")) {
            require(System.nanoTime() < end, name + " is not in service");
            Thread.sleep(20);
        }
    }

    static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalStateException(otherwise);
        }
    }

    private JsonNode sageMaker(String operation, String body) throws Exception {
        HttpResponse<String> answer = call(operation, body);
        require(answer.statusCode() == 200, operation + ": " + answer.body());
        return JsonMapper.shared().readTree(answer.body().isEmpty() ? "{}" : answer.body());
    }

    private HttpResponse<String> call(String operation, String body) throws Exception {
        HttpRequest call =
                HttpRequest.newBuilder(endpoint)
                        .header("X-Amz-Target", "SageMaker." + operation)
                        .header("Content-Type", "application/x-amz-json-1.1")
                        .timeout(Duration.ofSeconds(90))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return http.send(call, HttpResponse.BodyHandlers.ofString());
    }

    /// Processes that serve, or wait for a model to serve.
    List<ProcessHandle> workers() {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(each -> commandLine(each.pid()).contains("modelserver.Main"))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    Held held(double second) throws IOException {
        return new Held(
                second,
                Processes.kb(pid, "status", "VmRSS:") / 1024.0,
                count(Path.of("/proc/" + pid + "/fd"), 1),
                threads(),
                Processes.tree(pid).size(),
                count(data.resolve("run"), 1),
                count(data.resolve("models/tmp"), 9) + count(data.resolve("objects/temporary"), 9),
                cgroups());
    }

    /// Without those that wait for a process's end: the JDK keeps each for a minute after it.
    private long threads() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.filter(each -> !name(each).startsWith("process reaper")).count();
        }
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException e) {
            return "process reaper: it has just ended";
        }
    }

    /// Groups named after instances that lie in the run folder's own group.
    private long cgroups() throws IOException {
        long groups = 0;
        for (ProcessHandle each : workers()) {
            try (Stream<String> lines =
                    Files.readString(Path.of("/proc/" + each.pid() + "/cgroup")).lines()) {
                java.util.Optional<Path> parent =
                        lines.map(line -> line.split(":", 3))
                                .filter(parts -> parts[2].contains("dormouse-"))
                                .map(parts -> Path.of("/sys/fs/cgroup", parts[1], parts[2]))
                                .map(Path::getParent)
                                .filter(Files::isDirectory)
                                .findFirst();
                if (parent.isPresent()) {
                    try (Stream<Path> children = Files.list(parent.get())) {
                        groups = children.filter(Files::isDirectory).count();
                    }
                    break;
                }
            } catch (IOException e) {
                // That one has just ended: the next knows the group too.
            }
        }
        return groups;
    }

    /// Entries below a folder; those that vanish meanwhile do not count.
    private static long count(Path folder, int depth) {
        try (Stream<Path> entries = Files.walk(folder, depth)) {
            return entries.skip(1).count();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }

    /// Megabytes of objects that are in use, after a collection; NaN where it cannot be asked.
    double liveHeapMb() throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
        Process asked =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                jcmd + " " + pid + " GC.run >/dev/null && " + jcmd + " " + pid
                                        + " GC.heap_info")
                        .redirectErrorStream(true)
                        .start();
        double kilobytes = 0;
        for (String line : new String(asked.getInputStream().readAllBytes()).lines().toList()) {
            var used = java.util.regex.Pattern.compile("used (\\d+)K").matcher(line);
            // The heap's two generations; what classes take stands apart.
            if ((line.startsWith("DefNew") || line.startsWith("Tenured")) && used.find()) {
                kilobytes += Double.parseDouble(used.group(1));
            }
        }
        return kilobytes == 0 ? Double.NaN : kilobytes / 1024;
    }

    @Override
    public void close() throws Exception {
        Contender.run(List.of(DORMOUSE, "stop", "--data", data.toString()));
    }
}
