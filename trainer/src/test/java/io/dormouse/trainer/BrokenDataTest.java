package io.dormouse.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A broken row is named by its file, its line and what was expected there.
class BrokenDataTest {
    @TempDir private Path root;

    private String failureOf(Job job) throws Exception {
        Log log =
                new Log(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        () -> Instant.EPOCH);
        assertEquals(1, Main.run(new MlFolder(job.root()), log, new AtomicBoolean()));
        assertFalse(Files.exists(job.model()));
        return job.failure();
    }

    private Job job(String objective) throws Exception {
        Map<String, String> hyperparameters =
                new HashMap<>(Map.of("num_round", "2", "objective", objective));
        if (objective.startsWith("multi:")) {
            hyperparameters.put("num_class", "3");
        }
        return new Job(root).with(hyperparameters);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "binary:logistic | label,a,b | line 1: column 1 (the label) is 'label', expected a number (a file has no header, and the label comes first)",
                "binary:logistic | 1,2,3;0,4,x | line 2: column 3 is 'x', expected a number or nothing",
                "binary:logistic | 1,2,3;0,4 | line 2: has 2 columns, expected 3 as in train/part.csv, line 1",
                "binary:logistic | 1,2,3;;0,4,5,6 | line 3: has 4 columns, expected 3 as in train/part.csv, line 1",
                "binary:logistic | 1,2,3;2,4,5 | line 2: column 1 is '2': label must be in [0,1] for logistic regression",
                "multi:softmax | 1,2,3;3,4,5 | line 2: column 1 is '3': label must be in [0, num_class), a whole number below 3",
                "count:poisson | 1,2,3;-1,4,5 | line 2: column 1 is '-1': label must be nonnegative for count:poisson",
                "reg:squarederror | 1,2,3;,4,5 | line 2: column 1 (the label) is '', expected a number",
                "reg:squarederror | 1,2,3;1,inf,5 | line 2: column 2 is 'inf', expected a number or nothing",
                "reg:squarederror | 1 | line 1: has 1 column, expected the label and at least one feature",
            })
    void csv(String objective, String lines, String sentence) throws Exception {
        Job job =
                job(objective)
                        .channels("text/csv", "train")
                        .data("train", "part.csv", lines.strip().replace(';', '\n'));
        assertEquals("train/part.csv, " + sentence, failureOf(job));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 0:2;x 0:3 | line 2: the label is 'x', expected a number: label[:weight] index:value index:value ...",
                "1 0:2;0 3 | line 2: found '3', expected index:value",
                "1 0:2;0 1:a | line 2: the value of 1 is 'a', expected a number",
                "1 0:2;0 b:1 | line 2: found 'b:1', expected index:value with a whole number, at least 0, as the index",
                "1:1 0:2;0 1:1 | line 2: every row has a weight (label[:weight] index:value index:value ...), or none has",
            })
    void libsvm(String lines, String sentence) throws Exception {
        Job job =
                job("binary:logistic")
                        .channels("text/libsvm", "train")
                        .data("train", "part.txt", lines.strip().replace(';', '\n'));
        assertEquals("train/part.txt, " + sentence, failureOf(job));
    }

    @Test
    void theSecondFileIsNamedWhenItIsTheBrokenOne() throws Exception {
        Job job =
                job("binary:logistic")
                        .channels("text/csv", "train")
                        .data("train", "2013/a.csv", "1,2,3\n0,3,4\n")
                        .data("train", "2013/b.csv", "1,2,3\n0,3,4\n1,oops,5\n")
                        .data("train", "_SUCCESS", "not data")
                        .data("train", ".part.crc", "not data");
        assertEquals(
                "train/2013/b.csv, line 3: column 2 is 'oops', expected a number or nothing",
                failureOf(job));
    }

    @Test
    void channelsAndTypesThatAreWrongAreSaid() throws Exception {
        Job job = job("binary:logistic").channels("text/csv", "validation");
        assertTrue(failureOf(job).startsWith("Missing required channel: train."));
        job.channels("text/csv", "train");
        assertTrue(failureOf(job).startsWith("Channel train has no files"));
        job.data("train", "a.csv", "1,2,3\n0,2,4\n").channels("image/png", "train");
        assertTrue(
                failureOf(job).startsWith("image/png is not an accepted ContentType: csv, libsvm"));
        job.channels("application/x-parquet", "train");
        assertTrue(failureOf(job).contains("use text/csv or text/libsvm"));
        job.channels("text/csv;label_size=2", "train");
        assertTrue(failureOf(job).contains("label_size must be equal to 1"));
        job.channels("text/csv;label_size=1", "train", "validation");
        job.data("validation", "a.csv", "1,2\n");
        assertTrue(failureOf(job).startsWith("Channels train and validation differ"));
    }

    @Test
    void whatOnlyXgboostKnowsIsPassedOnWithoutItsStackTrace() throws Exception {
        Job job =
                new Job(root)
                        .with(Map.of("num_round", "2", "max_bin", "1"))
                        .channels("text/csv", "train")
                        .data("train", "a.csv", "1,2,3\n0,2,4\n");
        String failure = failureOf(job);
        assertTrue(failure.startsWith("XGB train call failed with exception: "), failure);
        assertFalse(failure.contains("Stack trace"), failure);
    }
}
