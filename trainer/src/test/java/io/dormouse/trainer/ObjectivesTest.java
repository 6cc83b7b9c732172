package io.dormouse.trainer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.xgboost.XgboostModel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every objective and booster: our evaluation against the native library, in both forms of a
/// model.
class ObjectivesTest {
    private static final int ROWS = 700;
    private static final int FEATURES = 7;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "reg:squarederror|",
                "reg:squarederror|base_score=3.25",
                "reg:squarederror|booster=dart rate_drop=0.5 one_drop=1",
                "reg:squarederror|booster=gblinear",
                "reg:squarederror|num_parallel_tree=4 subsample=0.6",
                "reg:squarederror|grow_policy=lossguide max_leaves=90 max_depth=0 min_child_weight=0",
                "reg:squarederror|tree_method=exact",
                "reg:squaredlogerror|",
                "reg:pseudohubererror|",
                "reg:absoluteerror|",
                "reg:quantileerror|quantile_alpha=0.8",
                "reg:expectileerror|expectile_alpha=0.8",
                "reg:logistic|",
                "reg:gamma|",
                "reg:tweedie|tweedie_variance_power=1.3",
                "count:poisson|",
                "binary:logistic|",
                "binary:logistic|base_score=0.2 scale_pos_weight=3",
                "binary:logistic|booster=gblinear",
                "binary:logitraw|",
                "binary:hinge|",
                "multi:softmax|num_class=3",
                "multi:softprob|num_class=3",
                "multi:softprob|num_class=3 num_parallel_tree=2",
                "multi:softprob|num_class=3 booster=gblinear",
                "rank:pairwise|",
                "rank:ndcg|",
                "survival:cox|",
            })
    void scoresAreThoseOfTheNativeLibrary(String objective, String parameters) throws Exception {
        float[] values = values();
        DMatrix matrix = new DMatrix(values, ROWS, FEATURES, Float.NaN);
        matrix.setLabel(labels(objective, values));
        if (objective.startsWith("rank:")) {
            matrix.setGroup(new int[] {100, 250, 350});
        }
        Map<String, Object> all =
                new HashMap<>(Map.of("objective", objective, "seed", 5, "nthread", 1));
        for (String parameter : parameters == null ? new String[0] : parameters.split(" ", -1)) {
            all.put(parameter.split("=", 2)[0], parameter.split("=", 2)[1]);
        }
        Booster booster = XGBoost.train(matrix, all, 9, Map.of(), null, null);
        // Not the matrix that was trained on: the booster would answer from its cache of sums.
        float[][] expected = booster.predict(new DMatrix(values, ROWS, FEATURES, Float.NaN));

        XgboostModel ubj = XgboostModel.parse(booster.toByteArray("ubj"));
        float[] found = ubj.predict(values, ROWS);

        assertEquals(objective, ubj.objective());
        assertEquals(expected[0].length, ubj.outputs());
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < ubj.outputs(); j++) {
                float score = found[i * ubj.outputs() + j];
                assertEquals(
                        expected[i][j], score, 1e-5 * Math.max(1, Math.abs(score)), "row " + i);
            }
        }
        XgboostModel json = XgboostModel.parse(booster.toByteArray("json"));
        assertArrayEquals(found, json.predict(values, ROWS));
        assertTrue(differing(found) > 1, "a model that says the same of every row proves nothing");
    }

    @ParameterizedTest
    @CsvSource({"gbtree,1", "gbtree,3", "dart,2"})
    void theFirstRoundsOfAModelAreAModel(String booster, int parallel) throws Exception {
        float[] values = values();
        DMatrix matrix = new DMatrix(values, ROWS, FEATURES, Float.NaN);
        matrix.setLabel(labels("multi:softprob", values));
        Map<String, Object> parameters =
                Map.of(
                        "objective",
                        "multi:softprob",
                        "num_class",
                        3,
                        "booster",
                        booster,
                        "rate_drop",
                        0.4,
                        "num_parallel_tree",
                        parallel);
        Booster whole = XGBoost.train(matrix, parameters, 9, Map.of(), null, null);
        String json = new String(whole.toByteArray("json"), StandardCharsets.UTF_8);

        byte[] first = Truncation.keep(json, 4).getBytes(StandardCharsets.UTF_8);

        Booster cut = XGBoost.loadModel(first);
        assertEquals(4, cut.getNumBoostedRound());
        float[][] expected = cut.predict(new DMatrix(values, ROWS, FEATURES, Float.NaN));
        float[] found = XgboostModel.parse(whole.toByteArray("ubj"), 4).predict(values, ROWS);
        for (int i = 0; i < ROWS; i++) {
            assertEquals(expected[i][2], found[i * 3 + 2], 1e-5, "row " + i);
        }
    }

    /// Values with ties, zeros of both signs and a tenth missing.
    private static float[] values() {
        Random random = new Random(11);
        float[] values = new float[ROWS * FEATURES];
        for (int i = 0; i < values.length; i++) {
            float value = (float) random.nextGaussian();
            values[i] =
                    switch (i % FEATURES) {
                        case 0 -> Math.round(value);
                        case 1 -> random.nextBoolean() ? 0.0f : -0.0f;
                        default -> value;
                    };
            if (random.nextInt(10) == 0) {
                values[i] = Float.NaN;
            }
        }
        return values;
    }

    private static float[] labels(String objective, float[] values) {
        Random random = new Random(12);
        float[] labels = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            float sum = (float) random.nextGaussian() / 2;
            for (int j = 0; j < FEATURES; j++) {
                float value = values[i * FEATURES + j];
                sum += Float.isNaN(value) ? 0.3f : value * (j - 2) / 3;
            }
            labels[i] =
                    switch (objective) {
                        case "binary:logistic",
                                "binary:logitraw",
                                "binary:hinge",
                                "rank:pairwise" ->
                                sum > 0 ? 1 : 0;
                        case "reg:logistic" -> (float) (1 / (1 + Math.exp(-sum)));
                        case "multi:softmax", "multi:softprob", "rank:ndcg" ->
                                sum > 1 ? 2 : sum > -1 ? 1 : 0;
                        case "count:poisson", "reg:tweedie" -> Math.max(0, Math.round(sum));
                        case "reg:gamma", "reg:squaredlogerror", "survival:cox" ->
                                Math.abs(sum) + 0.1f;
                        default -> sum;
                    };
        }
        return labels;
    }

    private static long differing(float[] scores) {
        Set<Float> seen = new HashSet<>();
        for (float score : scores) {
            seen.add(score);
        }
        return seen.size();
    }
}
