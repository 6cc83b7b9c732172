package io.dormouse.trainer;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import ml.dmlc.xgboost4j.java.XGBoostError;

/// Runs one training job in the folder that `DORMOUSE_ML_ROOT` names (by default `/opt/ml`).
///
/// Exit code 0: the model is there. 1: the job failed, and `output/failure` says why. SIGTERM ends
/// it after the round under way, with what is trained by then where `save_model_on_termination`
/// asks for it (exit code 143, as of any program that SIGTERM ended).
public final class Main {
    /// AWS kills a job two minutes after it asked it to stop.
    private static final int STOP_SECONDS_MAX = 115;

    private Main() {}

    /// Takes no arguments but the `train` that AWS gives a container.
    public static void main(String[] arguments) {
        String root = System.getenv("DORMOUSE_ML_ROOT");
        MlFolder folder = new MlFolder(Path.of(root == null ? "/opt/ml" : root));
        AtomicBoolean stopping = new AtomicBoolean();
        CountDownLatch done = new CountDownLatch(1);
        Thread stop = new Thread(() -> stop(stopping, done), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        int code = run(folder, new Log(System.out, Clock.systemUTC()), stopping);
        done.countDown();
        if (!stopping.get()) {
            System.exit(code);
        }
    }

    private static void stop(AtomicBoolean stopping, CountDownLatch done) {
        stopping.set(true);
        try {
            done.await(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Runs the job and gives the exit code.
    static int run(MlFolder folder, Log log, AtomicBoolean stopping) {
        try {
            new Training(folder, log, stopping::get).run();
            return 0;
        } catch (UserError e) {
            return fail(folder, log, e.getMessage());
        } catch (XGBoostError e) {
            return fail(folder, log, "XGB train call failed with exception: " + firstLine(e));
        } catch (OutOfMemoryError e) {
            return fail(
                    folder,
                    log,
                    "The data does not fit the memory of the job's instance type: choose a larger one");
        } catch (IOException | RuntimeException | LinkageError e) {
            return fail(folder, log, "Training failed: " + e);
        }
    }

    private static int fail(MlFolder folder, Log log, String reason) {
        log.error(reason);
        try {
            folder.writeFailure(reason);
        } catch (IOException e) {
            log.error("output/failure cannot be written: " + e);
        }
        return 1;
    }

    /// XGBoost puts a stack trace of its own behind the sentence.
    private static String firstLine(XGBoostError e) {
        String message = String.valueOf(e.getMessage()).strip();
        int end = message.indexOf("\nStack trace");
        return (end < 0 ? message : message.substring(0, end)).strip();
    }
}
