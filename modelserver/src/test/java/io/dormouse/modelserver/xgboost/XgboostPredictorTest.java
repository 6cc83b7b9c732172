package io.dormouse.modelserver.xgboost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.Answer;
import io.dormouse.modelserver.HttpClient;
import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.Predictor;
import io.dormouse.modelserver.Refusal;
import io.dormouse.modelserver.Unloadable;
import io.dormouse.modelserver.Worker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What callers of an XGBoost endpoint send and get.
class XgboostPredictorTest {
    private static final String ROW = "0.12,0.4,,7";

    @TempDir private Path folder;

    private XgboostPredictor predictor(String file) throws Exception {
        Files.copy(Fixture.FOLDER.resolve(file), folder.resolve("xgboost-model"));
        return XgboostPredictor.load(load(Map.of()));
    }

    private Load load(Map<String, String> environment) {
        return new Load("xgboost", folder.toFile(), Optional.empty(), environment);
    }

    private static String ask(Predictor predictor, String type, String accept, String body)
            throws IOException, Refusal {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Answer answer =
                predictor.predict(
                        new Predictor.Request(type, accept, new ByteArrayInputStream(bytes)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        answer.writeTo(out);
        assertEquals(out.size(), answer.length());
        return answer.contentType() + "|" + out.toString(StandardCharsets.UTF_8);
    }

    /// The scores of rows of CSV, where each has one.
    static float[] scores(Predictor predictor, String rows) throws IOException, Refusal {
        String answer = ask(predictor, "text/csv", "text/csv", rows);
        List<String> lines = answer.substring(answer.indexOf('|') + 1).lines().toList();
        float[] scores = new float[lines.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Float.parseFloat(lines.get(i));
        }
        return scores;
    }

    @Test
    void csvAnswersOneLineOfScoresForEachRow() throws Exception {
        String answer = ask(predictor("old-binary.json"), "text/csv", "", Fixture.rows());
        assertTrue(answer.startsWith("text/csv|"));
        List<String> lines = answer.substring("text/csv|".length()).lines().toList();
        double[] expected = Fixture.scores("old-binary");
        assertEquals(expected.length, lines.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], Double.parseDouble(lines.get(i)), 1e-5);
        }
    }

    @Test
    void severalClassesStandBesideEachOther() throws Exception {
        String answer = ask(predictor("old-softprob.ubj"), "text/csv", "*/*", ROW);
        String[] scores = answer.substring(answer.indexOf('|') + 1).strip().split(",", -1);
        assertEquals(3, scores.length);
        double sum = 0;
        for (String score : scores) {
            sum += Double.parseDouble(score);
        }
        assertEquals(1, sum, 1e-5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "text/csv # 0.12,0.4,,7",
                "text/csv; charset=utf-8 # 0.12;0.4;;7",
                "csv # '0.12, 0.4, nan, 7'",
                "text/libsvm # 0:0.12 1:0.4 3:7",
                "text/x-libsvm # 1 0:0.12 1:0.4 3:7.0",
                "application/json # [0.12, 0.4, null, 7]",
                "application/json # [[0.12, 0.4, null, 7]]",
                "application/json # {\"instances\":[{\"features\":[0.12, 0.4, null, 7]}]}",
                "application/json # {\"a\":1,\"instances\":[[0.12, 0.4, null, 7]]}",
                "application/json # {\"instances\":[{\"data\":{\"features\":{\"values\":[0.12,0.4,NaN,7]}}}]}",
                "application/jsonlines # {\"features\":[0.12, 0.4, null, 7]}",
                "'' # 0.12,0.4,,7",
                "'' # 0:0.12 1:0.4 3:7",
                "'' # [0.12,0.4,null,7]",
            })
    void everyFormatOfARowScoresAlike(String type, String body) throws Exception {
        XgboostPredictor predictor = predictor("old-binary.json");
        assertEquals(
                ask(predictor, "text/csv", "", ROW), ask(predictor, type, "", body), type + body);
    }

    @Test
    void jsonAndJsonLinesAreAnsweredWhenAskedFor() throws Exception {
        XgboostPredictor predictor = predictor("old-binary.json");
        String rows = ROW + "\r\n" + ROW + "\n";
        String csv = ask(predictor, "text/csv", "text/csv", rows);
        String score = csv.substring("text/csv|".length(), csv.indexOf('\n'));
        assertEquals("text/csv|" + score + "\n" + score + "\n", csv);
        assertEquals(
                "application/json|{\"predictions\": [{\"score\": "
                        + score
                        + "}, {\"score\": "
                        + score
                        + "}]}",
                ask(predictor, "text/csv", "application/json", rows));
        assertEquals(
                "application/jsonlines|{\"score\": " + score + "}\n{\"score\": " + score + "}\n",
                ask(predictor, "text/csv", "application/jsonlines;x=y, text/csv", rows));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "400 # text/csv # 1,2,3 # row 1 has 3 features, expected 4",
                "400 # text/csv # '1,2,3,4\n1,2,3,4,5' # row 2 has 5 features, expected 4",
                "400 # text/libsvm # 0:1 4:2 # feature 4, expected indices from 0 to 3",
                "400 # application/json # [[1,2,3,4],[1]] # row 2 has 1 features, expected 4",
                "400 # text/csv # '' # the body is empty",
                "400 # application/json # [] # holds no rows",
                "415 # text/csv # 1,2,x,4 # row 1, column 3: expected a number or nothing, found 'x'",
                "415 # text/libsvm # 0:1 nonsense # expected index:value, found 'nonsense'",
                "415 # application/json # [1,2,3,\"a\"] # expected a number",
                "415 # application/json # [[1,2,3,4] # found the end",
                "415 # application/json # {\"rows\":[[1,2,3,4]]} # expected a member 'features'",
                "415 # application/x-npy # 1,2,3,4 # text/csv, text/libsvm",
            })
    void badInputIsAnsweredWithWhatWasExpected(
            int status, String type, String body, String sentence) throws Exception {
        XgboostPredictor predictor = predictor("old-binary.json");
        Refusal e = assertThrows(Refusal.class, () -> ask(predictor, type, "", body));
        assertEquals(status, e.status(), e.getMessage());
        assertTrue(e.getMessage().contains(sentence), e.getMessage());
        ask(predictor, "text/csv", "", ROW); // and it goes on
    }

    @Test
    void anAnswerThatCannotBeGivenIsNotAcceptable() throws Exception {
        XgboostPredictor predictor = predictor("old-binary.json");
        Refusal e = assertThrows(Refusal.class, () -> ask(predictor, "text/csv", "image/png", ROW));
        assertEquals(406, e.status());
    }

    @Test
    void theContainersDefaultAcceptIsHonoured() throws Exception {
        Files.copy(Fixture.FOLDER.resolve("aft.json"), folder.resolve("anything.json"));
        XgboostPredictor predictor =
                XgboostPredictor.load(
                        load(Map.of("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json")));
        assertTrue(ask(predictor, "text/csv", "*/*", ROW).startsWith("application/json|{"));
    }

    @Test
    void aFolderWithoutOneModelIsUnloadable() throws Exception {
        Unloadable none =
                assertThrows(Unloadable.class, () -> XgboostPredictor.load(load(Map.of())));
        assertTrue(none.getMessage().contains("expected xgboost-model"), none.getMessage());
        Files.writeString(folder.resolve("a.json"), "{}");
        Files.writeString(folder.resolve("b.ubj"), "{}");
        Unloadable two =
                assertThrows(Unloadable.class, () -> XgboostPredictor.load(load(Map.of())));
        assertTrue(two.getMessage().contains("more than one"), two.getMessage());
    }

    @Test
    void aWorkerServesIt() throws Exception {
        Files.copy(Fixture.FOLDER.resolve("old-softprob.ubj"), folder.resolve("xgboost-model"));
        try (Worker worker =
                Worker.start("--stdio", "--kind", "xgboost", "--model", folder.toString())) {
            HttpClient.Reply reply = worker.http().invoke("text/csv", ROW);
            assertEquals(200, reply.status(), reply.body());
            assertEquals(3, reply.body().strip().split(",", -1).length);
            assertEquals(400, worker.http().invoke("text/csv", "1,2").status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.5,0.5",
        "1,1.0",
        "0.0001,0.0001",
        "0.00001,1e-05",
        "0.000012345,1.2345e-05",
        "12345678,12345678.0",
        "-0.00025,-0.00025",
        "1e16,1e+16",
        "1.5e300,1.5e+300",
        "123456789.5,123456789.5",
        "NaN,nan"
    })
    void scoresArePrintedAsPythonPrintsThem(double value, String text) {
        assertEquals(text, ScoreText.of(value));
    }
}
