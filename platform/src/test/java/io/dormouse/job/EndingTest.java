package io.dormouse.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dormouse.worker.Execution;
import io.dormouse.worker.RunSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndingTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static Ending ending(
            int exitCode, boolean timedOut, boolean outOfMemory, boolean asked) {
        RunSpec spec =
                new RunSpec(
                        "training-job/a",
                        List.of("true"),
                        Path.of("/"),
                        Map.of(),
                        2048,
                        1,
                        LIMIT,
                        List.of());
        return Ending.of(
                new Execution.Result(exitCode, timedOut, outOfMemory), spec, asked, "its words");
    }

    @Test
    void theProgramsEndDecides() {
        assertEquals(new Ending.Done(), ending(0, false, false, false));
        assertEquals(
                new Ending.Failed("AlgorithmError: its words, exit code: 3"),
                ending(3, false, false, false));
        assertEquals(
                new Ending.Failed(
                        "AlgorithmError: the program needed more than the 2048 MB of its instance:"
                                + " choose a larger InstanceType, exit code: -1"),
                ending(-1, false, true, false));
    }

    @Test
    void itsTimeEndsItWhateverItsExitCode() {
        assertEquals(new Ending.OutOfTime(LIMIT), ending(0, true, false, false));
        assertEquals(new Ending.OutOfTime(LIMIT), ending(143, true, false, false));
    }

    @Test
    void askedToStopIsNoFailure() {
        assertEquals(new Ending.Stopped(), ending(143, false, false, true));
        assertEquals(new Ending.Stopped(), ending(-1, false, true, true));
        assertEquals(new Ending.Stopped(), ending(143, true, false, true));
        // It was done before it heard of it: what it made is whole.
        assertEquals(new Ending.Done(), ending(0, false, false, true));
    }
}
