package io.dormouse.modelserver.xgboost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.Unloadable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Models of old and new versions of XGBoost, in both forms, and files that are none.
class XgboostModelTest {
    @ParameterizedTest
    @CsvSource({
        "old-binary,json,binary:logistic",
        "old-softprob,ubj,multi:softprob",
        "old-poisson,json,count:poisson",
        "old-dart,json,reg:squarederror",
        "categories,json,binary:logistic",
        "categories-onehot,json,binary:logistic",
        "aft,json,survival:aft",
        "quantiles,ubj,reg:quantileerror",
        "parallel,json,reg:squarederror",
    })
    void scoresAsXgboostDoes(String name, String form, String objective) throws Exception {
        XgboostModel model = XgboostModel.parse(Fixture.model(name + "." + form));
        float[] values = Fixture.values();
        int rows = values.length / Fixture.FEATURES;

        Fixture.assertScores(Fixture.scores(name), model.predict(values, rows));

        assertEquals(objective, model.objective());
        assertEquals(Fixture.FEATURES, model.features());
    }

    @Test
    void aRowScoresAloneAsItDoesAmongOthers() throws Exception {
        XgboostModel model = XgboostModel.parse(Fixture.model("old-softprob.ubj"));
        float[] values = Fixture.values();
        float[] together = model.predict(values, values.length / Fixture.FEATURES);
        for (int row = 0; row * Fixture.FEATURES < values.length; row++) {
            int from = row * Fixture.FEATURES;
            float[] alone = model.predict(Arrays.copyOfRange(values, from, from + 4), 1);
            assertEquals(3, alone.length);
            for (int i = 0; i < 3; i++) {
                assertEquals(together[row * 3 + i], alone[i]);
            }
        }
    }

    @Test
    void onlyTheFirstRoundsCanBeUsed() throws Exception {
        byte[] file = Fixture.model("parallel.json");
        float[] row = {0.5f, 0.5f, 0.5f, 20};
        float all = XgboostModel.parse(file).predict(row, 1)[0];
        assertEquals(all, XgboostModel.parse(file, 6).predict(row, 1)[0]);
        assertEquals(all, XgboostModel.parse(file, 600).predict(row, 1)[0]);
        assertTrue(Math.abs(all - XgboostModel.parse(file, 1).predict(row, 1)[0]) > 1e-3);
    }

    @Test
    void theOldBinaryFormatIsRefusedWithTheWayOut() throws Exception {
        byte[] file = Fixture.model("old-binary-format.model");
        Unloadable e = assertThrows(Unloadable.class, () -> XgboostModel.parse(file));
        assertTrue(e.getMessage().contains("old binary format"), e.getMessage());
        assertTrue(e.getMessage().contains("save_model("), e.getMessage());
    }

    @Test
    void aPickleIsNeverRun() {
        byte[] pickle = {(byte) 0x80, 4, (byte) 0x95};
        Unloadable e = assertThrows(Unloadable.class, () -> XgboostModel.parse(pickle));
        assertTrue(e.getMessage().contains("pickle"), e.getMessage());
    }

    @Test
    void vectorsAsLeavesAreRefused() throws Exception {
        byte[] file = Fixture.model("vector-leaves.json");
        Unloadable e = assertThrows(Unloadable.class, () -> XgboostModel.parse(file));
        assertTrue(e.getMessage().contains("one_output_per_tree"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{\"learner\":",
                "{\"version\":[3,1,1]}",
                "{\"learner\":{\"objective\":{\"name\":\"my:own\"},\"learner_model_param\":"
                        + "{\"base_score\":\"5E-1\",\"num_feature\":\"2\"}}}"
            })
    void whatIsNoModelIsSaidInASentence(String text) {
        Unloadable e =
                assertThrows(
                        Unloadable.class,
                        () -> XgboostModel.parse(text.getBytes(StandardCharsets.UTF_8)));
        assertTrue(e.getMessage().length() > 20, e.getMessage());
    }

    @Test
    void aTreeThatWouldNeverEndIsRefused() throws Exception {
        String model = new String(Fixture.model("old-binary.json"), StandardCharsets.UTF_8);
        int from = model.indexOf("\"left_children\":[") + "\"left_children\":[".length();
        String looped = model.substring(0, from) + "0" + model.substring(model.indexOf(',', from));
        Unloadable e =
                assertThrows(
                        Unloadable.class,
                        () -> XgboostModel.parse(looped.getBytes(StandardCharsets.UTF_8)));
        assertTrue(e.getMessage().contains("tree 0"), e.getMessage());
    }

    /// Whatever a damaged file holds, the answer is a model or a sentence, and soon.
    @ParameterizedTest
    @ValueSource(strings = {"categories.json", "old-softprob.ubj"})
    void damagedFilesAreRefusedOrScore(String file) throws Exception {
        byte[] whole = Fixture.model(file);
        float[] values = Fixture.values();
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            if (i % 5 == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
            }
            try {
                XgboostModel.parse(damaged).predict(values, 4);
            } catch (Unloadable _) {
                refused++;
            } catch (IllegalArgumentException _) {
                // The number of features was what was damaged.
            }
        }
        assertTrue(refused > 500, "only " + refused + " were refused");
    }
}
