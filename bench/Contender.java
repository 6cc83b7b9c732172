import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/// A server with the model behind it, that a [Load] is put on.
///
/// @param root of its processes
/// @param target as [Load] takes it
/// @param request whole, head and body
/// @param pauses whether it is stopped while others are measured: some look for work all the time
/// @param end what ends it
record Contender(
        String key,
        String label,
        long root,
        String target,
        byte[] request,
        boolean pauses,
        AutoCloseable end)
        implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("dormouse.root"));
    static final Path TARGET = ROOT.resolve("bench/target");
    private static final Path SERVERS = ROOT.resolve("bench/servers");
    private static final int WORKERS = Runtime.getRuntime().availableProcessors();

    /// The model that all serve.
    ///
    /// @param request in the platform's JSON: `{"inputs":{…}}`
    /// @param v2 the same in MLServer's protocol
    /// @param threads of one inference
    /// @param memoryMb of the endpoint: its CPU share gives so many threads
    /// @param warmSeconds of load before anything is measured
    record Model(
            String key,
            String label,
            Path file,
            String request,
            String v2,
            int threads,
            int memoryMb,
            double warmSeconds) {}

    @Override
    public void close() throws Exception {
        if (pauses) {
            Processes.signal("CONT", root);
        }
        end.close();
    }

    static byte[] post(String path, String body) {
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        .formatted(path);
        return (head + "Accept: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /// The platform, as `./dormouse start` starts it, and an endpoint.
    static Contender dormouse(Model model) throws Exception {
        Path data = Files.createTempDirectory("bench-throughput");
        String dormouse = ROOT.resolve("dormouse").toString();
        run(List.of(dormouse, "start", "--detach", "--port", "0", "--data", data.toString()));
        AutoCloseable stop = () -> run(List.of(dormouse, "stop", "--data", data.toString()));
        Properties note = new Properties();
        try (InputStream in = Files.newInputStream(data.resolve("platform.properties"))) {
            note.load(in);
        }
        URI endpoint = URI.create(note.getProperty("endpoint"));
        try {
            run(
                    List.of(
                            dormouse, "deploy", model.file().toString(), "--name", "bench",
                            "--memory", Integer.toString(model.memoryMb()), "--max-concurrency",
                            "16", "--endpoint-url", endpoint.toString()));
        } catch (Exception e) {
            stop.close();
            throw e;
        }
        return new Contender(
                "dormouse",
                "Dormouse",
                Long.parseLong(note.getProperty("pid")),
                "tcp:" + endpoint.getPort(),
                post("/endpoints/bench/invocations", model.request()),
                false,
                stop);
    }

    /// The model server of Dormouse without the platform, its requests straight to its socket.
    static Contender worker(Model model) throws Exception {
        Properties installed = new Properties();
        try (InputStream in = Files.newInputStream(installation())) {
            installed.load(in);
        }
        Path folder = Files.createTempDirectory("bench-worker");
        Path models = Files.createDirectory(folder.resolve("model"));
        Files.copy(model.file(), models.resolve("model.onnx"));
        Path prepared = Files.createDirectory(folder.resolve("prepared"));
        String java = installed.getProperty("java");
        String args = "@" + installed.getProperty("args");
        run(
                List.of(
                        java, args, "-Xmx1g", installed.getProperty("prepare"), "--model",
                        models.toString(), "--into", prepared.toString()));
        Path socket = folder.resolve("socket");
        ProcessBuilder builder =
                new ProcessBuilder(
                        java, args, installed.getProperty("main"), "--listen",
                        socket.toString(), "--slots", "16", "--threads",
                        Integer.toString(model.threads()), "--kind", "onnx", "--model",
                        models.toString(), "--prepared", prepared.toString());
        builder.environment().clear();
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        Process process =
                builder.redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        return new Contender(
                "worker",
                "its model server alone",
                process.pid(),
                "unix:" + socket,
                post("/invocations", model.request()),
                false,
                () -> process.destroyForcibly().waitFor());
    }

    private static Path installation() throws IOException {
        Path cache =
                Path.of(
                        System.getenv()
                                .getOrDefault(
                                        "DORMOUSE_CACHE",
                                        System.getProperty("user.home") + "/.cache/dormouse"));
        try (Stream<Path> files = Files.walk(cache, 2)) {
            return files.filter(file -> file.endsWith("install.properties"))
                    .max(Comparator.comparing(file -> file.getParent().toFile().lastModified()))
                    .orElseThrow(() -> new IOException("no installation in " + cache));
        }
    }

    /// A server in Python, its packages in a virtual environment of its own.
    record Python(String key, String label, List<String> packages, String path) {
        static final List<Python> ALL =
                List.of(
                        new Python(
                                "aiohttp", "bare aiohttp", List.of("aiohttp"), "/predict"),
                        new Python(
                                "fastapi",
                                "FastAPI, uvicorn",
                                List.of("fastapi", "uvicorn[standard]"),
                                "/predict"),
                        new Python(
                                "mlserver",
                                "MLServer",
                                // Its workers ask for an event loop as uvloop gave one up to 0.21.
                                List.of("mlserver", "uvloop<0.22"),
                                "/v2/models/bench/infer"),
                        new Python("litserve", "LitServe", List.of("litserve"), "/predict"),
                        new Python("bentoml", "BentoML", List.of("bentoml"), "/predict"));

        private Path environment() {
            return TARGET.resolve("venv-" + key);
        }

        private String program(String name) {
            return environment().resolve("bin").resolve(name).toString();
        }

        /// Installs it where that has not been done.
        ///
        /// @throws IOException where that cannot be done here
        void install() throws Exception {
            Path done = environment().resolve("installed");
            if (Files.exists(done)) {
                return;
            }
            System.err.println("Installing " + label + ", once.");
            Files.createDirectories(TARGET);
            run(List.of("python3", "-m", "venv", environment().toString()));
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    program("pip"),
                                    "install",
                                    "-q",
                                    "numpy",
                                    "onnxruntime==" + onnxRuntime()));
            command.addAll(packages);
            run(command);
            Files.createFile(done);
        }

        /// The version that the platform has.
        private static String onnxRuntime() throws IOException {
            Properties installed = new Properties();
            try (InputStream in = Files.newInputStream(installation())) {
                installed.load(in);
            }
            return installed.getProperty("onnxruntime");
        }

        /// Its version, as pip tells.
        String version() throws Exception {
            String name = packages.getFirst();
            Process pip =
                    new ProcessBuilder(
                                    program("python"),
                                    "-c",
                                    "import importlib.metadata as m; print(m.version('%s'), m.version('onnxruntime'))"
                                            .formatted(name))
                            .start();
            return new String(pip.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .replace(" ", ", ONNX Runtime ");
        }

        Contender start(Model model) throws Exception {
            int port = freePort();
            Path folder = Files.createTempDirectory("bench-" + key);
            ProcessBuilder builder = new ProcessBuilder(command(port, folder));
            Map<String, String> environment = builder.environment();
            environment.put("MODEL_FILE", model.file().toString());
            environment.put("MODEL_THREADS", Integer.toString(model.threads()));
            environment.put("MODEL_WORKERS", Integer.toString(WORKERS));
            environment.put("PYTHONPATH", SERVERS.toString());
            environment.put("PATH", program("") + ":" + environment.get("PATH"));
            environment.putAll(Map.of("BENTOML_DO_NOT_TRACK", "True", "ORT_DISABLE_TELEMETRY", "1"));
            environment.put("BENTOML_HOME", folder.toString());
            Process process =
                    builder.directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("log").toFile())
                            .start();
            return new Contender(
                    key,
                    label,
                    process.pid(),
                    "tcp:" + port,
                    post(path, key.equals("mlserver") ? model.v2() : model.request()),
                    key.equals("litserve"), // asks its queues ten thousand times a second
                    () -> endTree(process));
        }

        private List<String> command(int port, Path folder) throws IOException {
            String number = Integer.toString(port);
            String workers = Integer.toString(WORKERS);
            return switch (key) {
                case "fastapi" ->
                        List.of(
                                program("uvicorn"), "fastapi_server:app", "--port", number,
                                "--workers", workers, "--no-access-log");
                case "mlserver" -> {
                    Files.writeString(
                            folder.resolve("settings.json"),
                            "{\"http_port\":%d,\"grpc_port\":%d,\"metrics_port\":%d,\"host\":\"127.0.0.1\",\"parallel_workers\":%s,\"debug\":false}"
                                    .formatted(port, freePort(), freePort(), workers));
                    Files.writeString(
                            folder.resolve("model-settings.json"),
                            "{\"name\":\"bench\",\"implementation\":\"mlserver_model.OnnxModel\"}");
                    yield List.of(program("mlserver"), "start", ".");
                }
                case "bentoml" ->
                        List.of(
                                program("bentoml"), "serve", "bentoml_service:Service",
                                "--working-dir", SERVERS.toString(), "--host", "127.0.0.1",
                                "--port", number);
                default ->
                        List.of(
                                program("python"),
                                SERVERS.resolve(key + "_server.py").toString(),
                                number,
                                workers);
            };
        }
    }

    private static void endTree(Process process) throws Exception {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// Waits until it answers 200.
    ///
    /// @return its answer, head and body
    String awaitReady() throws Exception {
        long end = System.nanoTime() + 90_000_000_000L;
        String last = "";
        while (System.nanoTime() < end && ProcessHandle.of(root).isPresent()) {
            try {
                last = Load.once(target, request);
                if (last.startsWith("HTTP/1.1 200")) {
                    return last;
                }
            } catch (IOException e) {
                last = e.toString();
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException(label + " does not answer: " + last);
    }

    static void run(List<String> command) throws Exception {
        Path output = Files.createTempFile("bench", ".log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(
                    command + " ended with " + code + ":\n" + Files.readString(output));
        }
        Files.delete(output);
    }
}
