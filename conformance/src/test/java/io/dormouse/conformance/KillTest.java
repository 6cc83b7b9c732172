package io.dormouse.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// `kill -9` at any moment: what was acknowledged is there, jobs are run again, no process is left
/// over, and the endpoint answers as before.
class KillTest {
    private static final String NAME = "kill";
    private static final int WRITERS = 3;
    private static final int ROUNDS_PER_JOB = 3;

    /// What the platform said that it has: objects with their content, names of models and of jobs.
    private record Acknowledged(Map<String, String> objects, Set<String> models, Set<String> jobs) {
        Acknowledged() {
            this(
                    new ConcurrentHashMap<>(),
                    ConcurrentHashMap.newKeySet(),
                    ConcurrentHashMap.newKeySet());
        }
    }

    @TempDir Path data;
    private final Acknowledged acknowledged = new Acknowledged();

    /// What it refused, which it has no reason to.
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private final Random random = new Random(4600);

    @Test
    void tenKillsLoseNothing() throws Exception {
        rounds(10);
    }

    @Test
    @Tag("full")
    void fiftyKillsLoseNothing() throws Exception {
        rounds(50);
    }

    private void rounds(int rounds) throws Exception {
        String answer;
        try (PlatformProcess platform = PlatformProcess.start(data);
                Clients clients = Clients.of(platform)) {
            answer = deploy(clients);
            platform.kill();
        }
        for (int round = 0; round < rounds; round++) {
            Set<Long> earlier = ours();
            try (PlatformProcess platform = PlatformProcess.start(data);
                    Clients clients = Clients.of(platform)) {
                check(clients, answer, "round " + round);
                assertGone(earlier);
                CountDownLatch ended = work(clients, round);
                LockSupport.parkNanos(Duration.ofMillis(50 + random.nextInt(950)).toNanos());
                platform.kill();
                assertTrue(ended.await(1, TimeUnit.MINUTES), "a writer hangs");
            }
        }
        try (PlatformProcess platform = PlatformProcess.start(data);
                Clients clients = Clients.of(platform)) {
            check(clients, answer, "at the end");
            assertJobsComplete(clients);
            assertEquals(Set.of(), refused);
            assertTrue(acknowledged.objects().size() > rounds, "the workload did next to nothing");
            assertTrue(acknowledged.models().size() > rounds, "the workload did next to nothing");
            assertNoticesALoss(clients);
        }
        assertGone(ours());
    }

    /// A model is trained and put on an endpoint.
    ///
    /// @return its answer
    private static String deploy(Clients clients) {
        clients.s3().createBucket(r -> r.bucket(NAME));
        Training.putData(clients.s3(), NAME);
        Training.start(clients.sageMaker(), NAME, NAME);
        String artifact = Training.artifact(clients.sageMaker(), NAME);
        Serving.createModel(clients.sageMaker(), NAME, Training.IMAGE, artifact);
        Serving.deploy(clients.sageMaker(), NAME, 1024, 2);
        return invoke(clients.runtime());
    }

    /// Objects, models and now and then a job are made until the platform is gone; an answer
    /// counts, its absence does not.
    ///
    /// @return what the writers count down when they have ended
    private CountDownLatch work(Clients clients, int round) {
        CountDownLatch ended = new CountDownLatch(WRITERS);
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = "r" + round + "-w" + writer + "-";
            boolean trains = writer == 0 && round % ROUNDS_PER_JOB == 0;
            Thread.startVirtualThread(() -> {
                try {
                    work(clients, prefix, trains);
                } finally {
                    ended.countDown();
                }
            });
        }
        return ended;
    }

    private void work(Clients clients, String prefix, boolean trains) {
        try {
            if (trains) {
                Training.start(clients.sageMaker(), prefix + "job", NAME);
                acknowledged.jobs().add(prefix + "job");
            }
            for (int i = 0; ; i++) {
                String name = prefix + i;
                String content = name.repeat(1 + i % 400);
                clients.s3()
                        .putObject(r -> r.bucket(NAME).key(name), RequestBody.fromString(content));
                acknowledged.objects().put(name, content);
                Serving.createModel(
                        clients.sageMaker(),
                        name,
                        Training.IMAGE,
                        "s3://kill/out/kill/output/model.tar.gz");
                acknowledged.models().add(name);
                if (i % 4 == 3) {
                    invoke(clients.runtime());
                }
            }
        } catch (AwsServiceException e) {
            refused.add(e.getMessage());
        } catch (SdkException | UncheckedIOException e) {
            // The platform was killed: what it had not answered is nobody's.
        }
    }

    private static String invoke(SageMakerRuntimeClient runtime) {
        return runtime.invokeEndpoint(r ->
                        r.endpointName(NAME)
                                .contentType("text/csv")
                                .body(SdkBytes.fromUtf8String(Training.row(7))))
                .body()
                .asUtf8String();
    }

    private void check(Clients clients, String answer, String when) {
        assertEquals(List.of(), lost(clients), when);
        PlatformProcess.waiter(clients.sageMaker())
                .waitUntilEndpointInService(r -> r.endpointName(NAME));
        assertEquals(answer, invoke(clients.runtime()), when);
    }

    /// What was acknowledged and is not there, or is not what it was.
    private List<String> lost(Clients clients) {
        List<String> lost = new ArrayList<>();
        for (Map.Entry<String, String> each : new TreeMap<>(acknowledged.objects()).entrySet()) {
            if (!each.getValue().equals(read(clients.s3(), each.getKey()))) {
                lost.add("object " + each.getKey());
            }
        }
        Set<String> models =
                clients.sageMaker().listModelsPaginator(r -> r.maxResults(100)).models().stream()
                        .map(model -> model.modelName())
                        .collect(Collectors.toSet());
        Set<String> jobs =
                clients
                        .sageMaker()
                        .listTrainingJobsPaginator(r -> r.maxResults(100))
                        .trainingJobSummaries()
                        .stream()
                        .map(job -> job.trainingJobName())
                        .collect(Collectors.toSet());
        acknowledged.models().stream()
                .filter(model -> !models.contains(model))
                .forEach(model -> lost.add("model " + model));
        acknowledged.jobs().stream()
                .filter(job -> !jobs.contains(job))
                .forEach(job -> lost.add("job " + job));
        return lost;
    }

    private static String read(S3Client s3, String key) {
        try {
            return s3.getObjectAsBytes(r -> r.bucket(NAME).key(key))
                    .asString(StandardCharsets.UTF_8);
        } catch (SdkException e) {
            return e.toString();
        }
    }

    /// The jobs that a kill interrupted are run again, to their end.
    private void assertJobsComplete(Clients clients) {
        assertFalse(acknowledged.jobs().isEmpty(), "no job was interrupted");
        for (String job : acknowledged.jobs()) {
            Training.artifact(clients.sageMaker(), job);
        }
    }

    /// That this test can fail.
    private void assertNoticesALoss(Clients clients) {
        acknowledged.objects().put("never-put", "content");
        acknowledged.models().add("never-made");
        assertEquals(List.of("object never-put", "model never-made"), lost(clients));
    }

    /// They end: a worker by itself when its platform is gone, because its descriptor 0 closes.
    private static void assertGone(Set<Long> processes) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        List<Long> left = alive(processes);
        while (!left.isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "processes left over: " + left);
            LockSupport.parkNanos(20_000_000);
            left = alive(processes);
        }
    }

    private static List<Long> alive(Set<Long> processes) {
        return processes.stream()
                .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .toList();
    }

    /// The processes of this data folder: those that run in it, or were told of it.
    private Set<Long> ours() {
        Set<Long> ours = ConcurrentHashMap.newKeySet();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.map(ProcessHandle::pid).filter(this::isOurs).forEach(ours::add);
        }
        return ours;
    }

    private boolean isOurs(long pid) {
        Path process = Path.of("/proc/" + pid);
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).startsWith(data)
                    || Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .contains(data.toString())
                    || Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains(data.toString());
        } catch (IOException e) {
            return false; // it has ended, or is somebody else's
        }
    }
}
