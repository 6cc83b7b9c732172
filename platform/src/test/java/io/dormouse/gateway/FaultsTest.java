package io.dormouse.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.worker.Journal;
import io.dormouse.worker.Serving;
import io.dormouse.worker.WorkerGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;

/// Every way in which a worker can fail, as the caller of AWS's SDK sees it. After each: the next
/// request has a fresh instance and is answered, the endpoint's decisions and the instance's log
/// say why, and nothing is left over.
class FaultsTest {
    /// What goes wrong while a request is with a worker that had answered before.
    private enum Fault {
        ENDS_BY_ITSELF("die", 0, "ended by itself with exit code 7"),
        HANGS("hang", 0, "Your invocation timed out", "did not answer in time"),
        ANSWERS_HALF_AND_HANGS("stall", 0, "Your invocation timed out", "did not answer in time"),
        EATS_MEMORY("eat", 0, "insufficient memory", "more than its 256 MB"),
        FILLS_ITS_HEAP("hoard", 0, "insufficient memory", "Java heap space"),
        WRITES_NO_HTTP("garbage", 0, "GARBAGE"),
        ANSWERS_WITHOUT_LENGTH("no-length", 0, "GARBAGE"),
        CLOSES_IN_THE_HEAD("truncated-head", 0, "in the middle of its head"),
        CLOSES_IN_THE_BODY("truncated", 0, "in its middle"),
        CLOSES_IN_A_CHUNK("truncated-chunk", 0, "in its middle"),
        LEAKS_DESCRIPTORS("leak", 500, "Too many open files", "it leaks them");

        private final String command;
        private final int originalStatus;
        private final String told;
        private final String kept;

        Fault(String command, int originalStatus, String told, String kept) {
            this.command = command;
            this.originalStatus = originalStatus;
            this.told = told;
            this.kept = kept;
        }

        /// What takes longer than an invocation may is told sooner here.
        private String ask(StrangeEndpoints endpoints) {
            return told.contains("timed out")
                    ? endpoints.askHastily("churn", command)
                    : endpoints.ask("churn", command);
        }

        Fault(String command, int originalStatus, String both) {
            this(command, originalStatus, both.equals("GARBAGE") ? "" : both, both);
        }
    }

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private StrangeEndpoints endpoints;

    @BeforeEach
    void start() throws Exception {
        endpoints = StrangeEndpoints.start(folder);
    }

    /// Nothing is left over, whatever happened.
    @AfterEach
    void stop() throws Exception {
        endpoints.drain();
        assertEquals(List.of(), endpoints.leftOver());
        endpoints.close();
    }

    @ParameterizedTest
    @EnumSource
    void aFaultIsToldAndTheNextRequestServed(Fault fault) {
        WorkerGroup group = endpoints.serve("churn");
        assertEquals("you said hello", endpoints.ask("churn", "hello"));
        ModelErrorException told =
                assertThrows(ModelErrorException.class, () -> fault.ask(endpoints));
        assertModelError(told, "churn", fault.originalStatus, fault.told);
        assertEquals("you said again", endpoints.ask("churn", "again"));
        assertEquals(2, group.journal().starts().size(), "a fresh instance");
        Serving.await("the decision", () -> said(group, fault.kept));
        Serving.await("the log", () -> endpoints.logged("churn", fault.kept));
    }

    private static void assertModelError(
            ModelErrorException told, String endpoint, int original, String text) {
        assertEquals(424, told.statusCode());
        assertEquals("ModelError", told.awsErrorDetails().errorCode());
        assertEquals(original, told.originalStatusCode());
        assertTrue(told.originalMessage().contains(text), told.originalMessage());
        assertEquals(
                "Received server error ("
                        + original
                        + ") from primary with message \""
                        + told.originalMessage()
                        + "\". See https://us-east-1.console.aws.amazon.com/cloudwatch/home"
                        + "?region=us-east-1#logEventViewer:group=/aws/sagemaker/Endpoints/"
                        + endpoint
                        + " in account 123456789012 for more information.",
                told.awsErrorDetails().errorMessage());
        assertTrue(told.logStreamArn().endsWith("log-group:/aws/sagemaker/Endpoints/" + endpoint));
    }

    private static boolean said(WorkerGroup group, String text) {
        return group.journal().decisions().stream()
                        .map(Journal.Decision::reason)
                        .anyMatch(reason -> reason.contains(text))
                || group.journal().starts().stream()
                        .anyMatch(start -> start.failure().contains(text));
    }

    @Test
    void aWorkerKilledWhileItAnswersIsToldOf() {
        WorkerGroup group = endpoints.serve("churn");
        endpoints.ask("churn", "hello");
        // Not on the common pool, which the JDK tells of ended processes with.
        CompletableFuture<String> hanging =
                CompletableFuture.supplyAsync(
                        () -> endpoints.ask("churn", "hang"), Thread::startVirtualThread);
        Serving.await("the request is there", () -> group.stats().busy() == 1);
        Serving.await("it has been read", () -> endpoints.logged("churn", "hanging"));
        endpoints.killWorkers();
        CompletionException ended = assertThrows(CompletionException.class, hanging::join);
        assertModelError(
                assertInstanceOf(ModelErrorException.class, ended.getCause()),
                "churn",
                0,
                "signal 9");
        assertEquals("you said again", endpoints.ask("churn", "again"));
        assertTrue(said(group, "signal 9"), "" + group.journal().decisions());
    }

    /// The head of a long answer is with the client already: all that can be done is to break off.
    @Test
    void aLongAnswerThatBreaksOffIsNotMistakenForAWholeOne() {
        WorkerGroup group = endpoints.serve("churn");
        assertThrows(SdkClientException.class, () -> endpoints.ask("churn", "truncated-late"));
        assertEquals("you said again", endpoints.ask("churn", "again"));
        Serving.await("the decision", () -> said(group, "in its middle"));
    }

    /// What goes wrong before a worker is ready, by a file in its model.
    private enum Trouble {
        CRASHES_AT_START("dead-on-arrival", "exit code 1"),
        CANNOT_LOAD_ITS_MODEL("unloadable", "The model cannot be loaded: this is no model"),
        IS_NEVER_READY("never-ready", "Your invocation timed out", "was not ready within 4 s");

        private final String file;
        private final String told;
        private final String toldOfMore;

        Trouble(String file, String told) {
            this(file, told, told);
        }

        /// @param toldOfMore what is told where an instance has more slots than one
        Trouble(String file, String told, String toldOfMore) {
            this.file = file;
            this.told = told;
            this.toldOfMore = toldOfMore;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStartThatFailsIsToldAndTheNextOneTried(Trouble trouble) throws Exception {
        for (int slots : new int[] {1, 2}) {
            String name = slots == 1 ? "churn" : "slots";
            WorkerGroup group = endpoints.serve(name, slots);
            Path file = Files.createFile(endpoints.model().resolve(trouble.file));
            ModelErrorException told =
                    assertThrows(
                            ModelErrorException.class,
                            () -> endpoints.askHastily(name, "hello"),
                            name);
            assertModelError(told, name, 0, slots == 1 ? trouble.told : trouble.toldOfMore);
            Files.delete(file);
            assertEquals("you said again", endpoints.ask(name, "again"));
            assertTrue(group.journal().starts().size() >= 2, "a fresh instance");
            assertFalse(group.journal().decisions().isEmpty());
        }
    }

    /// A model may take longer to load than an invocation may take: it has three minutes.
    @Test
    void theTimeOfAnInvocationBeginsWhenTheModelIsLoaded() throws Exception {
        endpoints.serve("churn");
        Files.writeString(endpoints.model().resolve("slow"), "1500");
        assertEquals("you said hello", endpoints.askHastily("churn", "hello"));
    }

    @Test
    void aFullScratchSpaceIsTheModelsOwnTrouble() {
        WorkerGroup group = endpoints.serve("churn");
        ModelErrorException told =
                assertThrows(
                        ModelErrorException.class, () -> endpoints.ask("churn", "fill /tmp/full"));
        assertModelError(told, "churn", 500, "No space left on device");
        assertEquals("you said again", endpoints.ask("churn", "again"));
        assertEquals(1, group.stats().instances());
    }

    @Test
    void aWorkerThatDoesNotEndWhenAskedIsEnded() {
        WorkerGroup group = endpoints.serve("churn");
        assertEquals("what?", endpoints.ask("churn", "deaf"));
        endpoints.pass(Duration.ofMinutes(5));
        Serving.await("it is gone", () -> group.stats().instances() == 0);
        Serving.await("its process, too", () -> endpoints.workers().isEmpty());
        assertEquals("you said again", endpoints.ask("churn", "again"));
    }

    /// 256 MB have the share of 256 / 1769 of a core, once the first answer is there.
    @Test
    void aStartHasAllCoresAndWhatIsReadyItsShare() throws Exception {
        assumeTrue(endpoints.sharesCpu(), "CPU cannot be limited here");
        endpoints.serve("churn");
        Files.writeString(endpoints.model().resolve("slow"), "500");
        CompletableFuture<String> first =
                CompletableFuture.supplyAsync(
                        () -> endpoints.ask("churn", "hello"), Thread::startVirtualThread);
        Serving.await("it starts", () -> !endpoints.cpuQuotas().isEmpty());
        String quota = endpoints.cpuQuotas().getFirst();
        assertTrue(first.isDone() || List.of("-1", "max").contains(quota), quota);
        assertEquals("you said hello", first.join());
        Serving.await("its share", () -> endpoints.cpuQuotas().equals(List.of("2894")));
    }

    @Test
    void whatIsLeftOverWouldBeSeen() throws Exception {
        endpoints.serve("churn");
        endpoints.ask("churn", "hello");
        List<String> left = endpoints.leftOver();
        assertTrue(left.stream().anyMatch(each -> each.startsWith("process ")), "" + left);
        assertTrue(left.stream().anyMatch(each -> each.startsWith("file ")), "" + left);
        Optional<String> group = left.stream().filter(e -> e.startsWith("group ")).findFirst();
        assertEquals(endpoints.hasGroups(), group.isPresent(), "" + left);
    }
}
