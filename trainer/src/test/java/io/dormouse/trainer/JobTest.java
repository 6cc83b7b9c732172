package io.dormouse.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.xgboost.XgboostModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program as the platform runs it: a process, its folder, its log, its end.
class JobTest {
    private static final int FEATURES = 5;

    @TempDir private Path root;

    private static Map<String, String> hyperparameters(String... more) {
        Map<String, String> all = new HashMap<>();
        all.put("num_round", "10");
        all.put("objective", "binary:logistic");
        all.put("nthread", "1");
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    /// Rows of which the first two features decide, with noise that can be learnt by heart.
    private static String rows(long seed, int count, boolean csv) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            double[] row = random.doubles(FEATURES).toArray();
            boolean label = row[0] + row[1] + random.nextGaussian() / 2 > 1;
            text.append(label ? 1 : 0);
            for (int j = 0; j < FEATURES; j++) {
                text.append(csv ? "," : " " + j + ":");
                text.append(String.format(Locale.ROOT, "%.4f", row[j]));
            }
            text.append('\n');
        }
        return text.toString();
    }

    @Test
    void csvAndLibsvmOfTheSameRowsMakeTheSameModel(@TempDir Path other) throws Exception {
        Job csv =
                new Job(root)
                        .with(hyperparameters("eval_metric", "error,accuracy,f1", "seed", "3"))
                        .channels("csv", "train")
                        .data("train", "a.csv", rows(1, 300, true));
        Job libsvm =
                new Job(other)
                        .with(hyperparameters("seed", "3"))
                        .channels("text/x-libsvm", "train", "validation")
                        .data("train", "a.txt", rows(1, 300, false))
                        .data("validation", "a.txt", rows(2, 100, false));

        Job.Outcome first = csv.run();
        Job.Outcome second = libsvm.run();

        assertEquals(0, first.code(), first.log().toString());
        assertEquals(0, second.code(), second.log().toString());
        float[] row = {0.3f, 0.6f, 0.5f, 0.5f, 0.5f};
        XgboostModel model = XgboostModel.parse(Files.readAllBytes(csv.model()));
        assertEquals(
                model.predict(row, 1)[0],
                XgboostModel.parse(Files.readAllBytes(libsvm.model())).predict(row, 1)[0]);
        String last =
                first.log().stream().filter(l -> l.startsWith("[9]")).findFirst().orElseThrow();
        String number = "(\\d\\.\\d{5})";
        assertTrue(
                last.matches(
                        "\\[9]#011train-error:"
                                + number
                                + "#011train-accuracy:"
                                + number
                                + "#011train-f1:"
                                + number),
                last);
        // The two are computed by different hands, and add up.
        double error = Double.parseDouble(last.split("#011", -1)[1].split(":", -1)[1]);
        double accuracy = Double.parseDouble(last.split("#011", -1)[2].split(":", -1)[1]);
        assertEquals(1, error + accuracy, 2e-5);
        // AWS's own expression for this metric.
        String awss = ".*\\[[0-9]+\\].*#011validation-logloss:(\\S+)";
        assertEquals(10, second.log().stream().filter(l -> l.matches(awss)).count());
    }

    @Test
    void earlyStoppingLeavesTheBestModel() throws Exception {
        Job job =
                new Job(root)
                        .with(
                                hyperparameters(
                                        "num_round", "400",
                                        "eval_metric", "logloss",
                                        "eta", "0.5",
                                        "early_stopping_rounds", "8"))
                        .channels("text/csv", "train", "validation")
                        .data("train", "a.csv", rows(1, 300, true))
                        .data("validation", "a.csv", rows(2, 300, true));

        Job.Outcome outcome = job.run();

        assertEquals(0, outcome.code(), outcome.log().toString());
        List<Double> losses =
                outcome.log().stream()
                        .filter(line -> line.startsWith("["))
                        .filter(line -> line.contains("validation-logloss:"))
                        .filter(line -> line.contains("#011"))
                        .map(line -> Double.valueOf(line.substring(line.lastIndexOf(':') + 1)))
                        .toList();
        int best = 0;
        for (int i = 1; i < losses.size(); i++) {
            best = losses.get(i) < losses.get(best) ? i : best;
        }
        assertTrue(losses.size() < 400, "it stopped");
        assertEquals(best + 8 + 1, losses.size(), "eight rounds after the best");
        Booster booster = XGBoost.loadModel(job.model().toString());
        assertEquals(best + 1, booster.getNumBoostedRound());
        assertEquals(String.valueOf(best), booster.getAttr("best_iteration"));
        byte[] file = Files.readAllBytes(job.model());
        float[] row = {0.3f, 0.6f, 0.5f, 0.5f, 0.5f};
        assertEquals(
                booster.inplace_predict(row, 1, FEATURES, Float.NaN)[0][0],
                XgboostModel.parse(file).predict(row, 1)[0],
                1e-6);
    }

    @Test
    void stoppingItKeepsTheRoundsThatAreDoneWhereThatIsAskedFor() throws Exception {
        Job job = endless("save_model_on_termination", "true");
        assertTrue(stopped(job).contains("Saved the model"));
        assertTrue(XGBoost.loadModel(job.model().toString()).getNumBoostedRound() >= 4);
    }

    @Test
    void stoppingItLeavesNoModelOtherwise() throws Exception {
        for (Job job : List.of(endless(), endless("save_model_on_termination", "false"))) {
            String last = stopped(job);
            assertTrue(last.contains("without a model"), last);
            assertFalse(Files.exists(job.model()));
        }
    }

    private Job endless(String... more) throws IOException {
        return new Job(Files.createTempDirectory(root, "job"))
                .with(
                        hyperparameters(
                                Stream.concat(Stream.of("num_round", "2000000"), Stream.of(more))
                                        .toArray(String[]::new)))
                .channels("text/csv", "train")
                .data("train", "a.csv", rows(1, 300, true));
    }

    /// Stops it after a few rounds, and gives the last line of its log.
    private static String stopped(Job job) throws Exception {
        Process process = job.start();
        try (BufferedReader log = process.inputReader()) {
            String line = log.readLine();
            while (line != null && !line.startsWith("[3]")) {
                line = log.readLine();
            }
            // Not destroy(), which also closes the log.
            process.toHandle().destroy();
            List<String> rest = log.lines().toList();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it did not end");
            assertNotEquals(1, process.exitValue());
            assertEquals("", job.failure());
            return rest.getLast();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aBrokenRowEndsItWithCode1AndTheReason() throws Exception {
        Job job =
                new Job(root)
                        .with(hyperparameters())
                        .channels("text/csv", "train")
                        .data("train", "a.csv", rows(1, 20, true) + "1,2,three,4,5,6\n");
        Job.Outcome outcome = job.run();
        assertEquals(1, outcome.code());
        String reason = "train/a.csv, line 21: column 3 is 'three', expected a number or nothing";
        assertEquals(reason, job.failure());
        assertTrue(outcome.log().getLast().endsWith(reason), outcome.log().toString());
        assertFalse(Files.exists(job.model()));
    }
}
