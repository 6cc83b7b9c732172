package io.dormouse.trainer;

import io.dormouse.modelserver.xgboost.XgboostModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/// Measures our evaluation of a model of flights (200 trees of depth 5) beside the native
/// library's: one row and 1,000 rows, in microseconds, and how long the model takes to load.
///
/// Run its `main` from an IDE, or with the class path of the module's tests, in the module's
/// folder.
final class ScoringBench {
    private static final int SAMPLES = 2000;

    private ScoringBench() {}

    /// What is measured, once.
    private interface Work {
        float once(int i) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Flights flights = Flights.load();
        Booster booster = train(flights);
        byte[] ubj = booster.toByteArray("ubj");
        byte[] json = booster.toByteArray("json");
        XgboostModel model = XgboostModel.parse(ubj);
        Booster one = XGBoost.loadModel(ubj);
        one.setParam("nthread", 1);
        int width = flights.width();
        float[] all = flights.flat();
        float[][] rows = new float[1000][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
        }
        float[] thousand = Arrays.copyOf(all, 1000 * width);

        say("load %d KB of UBJ", ubj.length / 1024, i -> XgboostModel.parse(ubj).features());
        say("load %d KB of JSON", json.length / 1024, i -> XgboostModel.parse(json).features());
        for (int pass = 0; pass < 2; pass++) {
            say("ours, %d row", 1, i -> model.predict(rows[i % 1000], 1)[0]);
            say("ours, %d rows", 1000, i -> model.predict(thousand, 1000)[i % 1000]);
            say(
                    "native in place, one thread, %d row",
                    1, i -> one.inplace_predict(rows[i % 1000], 1, width, Float.NaN)[0][0]);
            say(
                    "native in place, one thread, %d rows",
                    1000, i -> one.inplace_predict(thousand, 1000, width, Float.NaN)[i % 1000][0]);
            say(
                    "native by DMatrix, one thread, %d row",
                    1, i -> byMatrix(one, rows[i % 1000], 1, width));
            say(
                    "native by DMatrix, one thread, %d rows",
                    1000, i -> byMatrix(one, thousand, 1000, width));
        }
    }

    private static Booster train(Flights flights) throws XGBoostError {
        DMatrix matrix = new DMatrix(flights.flat(), flights.count(), flights.width(), Float.NaN);
        matrix.setLabel(flights.late());
        Map<String, Object> parameters =
                new HashMap<>(Map.of("objective", "binary:logistic", "max_depth", 5, "eta", 0.1));
        return XGBoost.train(matrix, parameters, 200, Map.of(), null, null);
    }

    private static float byMatrix(Booster booster, float[] rows, int count, int width)
            throws XGBoostError {
        DMatrix matrix = new DMatrix(rows, count, width, Float.NaN);
        try {
            return booster.predict(matrix)[0][0];
        } finally {
            matrix.dispose();
        }
    }

    /// Prints the median and the 95th percentile.
    private static void say(String what, int count, Work work) throws IOException {
        long[] nanos = new long[SAMPLES];
        float kept = 0;
        try {
            for (int i = -SAMPLES; i < SAMPLES; i++) {
                long start = System.nanoTime();
                kept += work.once(Math.abs(i));
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - start;
                }
            }
        } catch (Exception e) {
            throw new IOException(what, e);
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-45s %10.1f us median %10.1f us p95%s%n",
                String.format(Locale.ROOT, what, count),
                nanos[SAMPLES / 2] / 1e3,
                nanos[SAMPLES * 95 / 100] / 1e3,
                Float.isNaN(kept) ? " (NaN)" : "");
    }
}
