package io.dormouse.job;

import io.dormouse.worker.Execution;
import io.dormouse.worker.RunSpec;
import java.time.Duration;

/// How a job came to its end.
sealed interface Ending {
    /// Its program did what it was for.
    record Done() implements Ending {}

    /// It was asked to stop.
    record Stopped() implements Ending {}

    /// Its program was ended because it ran for longer than it may.
    record OutOfTime(Duration limit) implements Ending {}

    /// The reason becomes its FailureReason.
    record Failed(String reason) implements Ending {
        /// The program's own failure.
        static Failed algorithm(String sentence, int exitCode) {
            return new Failed("AlgorithmError: " + sentence + ", exit code: " + exitCode);
        }
    }

    /// What the end of its program makes of a job.
    ///
    /// @param spec what the program was held to
    /// @param asked whether the job was asked to stop
    /// @param lastWords what there is to say where the program failed by itself
    static Ending of(Execution.Result result, RunSpec spec, boolean asked, String lastWords) {
        if (result.exitCode() == 0 && !result.timedOut()) {
            return new Done();
        } else if (asked) {
            return new Stopped();
        } else if (result.timedOut()) {
            return new OutOfTime(spec.timeout());
        } else if (result.outOfMemory()) {
            return Failed.algorithm(
                    "the program needed more than the "
                            + spec.memoryMb()
                            + " MB of its instance: choose a larger InstanceType",
                    result.exitCode());
        }
        return Failed.algorithm(lastWords, result.exitCode());
    }
}
