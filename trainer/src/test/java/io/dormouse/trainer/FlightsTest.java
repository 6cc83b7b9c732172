package io.dormouse.trainer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.xgboost.XgboostModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole of it: a process trains on real flights, and our evaluation scores as XGBoost itself
/// does.
class FlightsTest {
    @Test
    void aModelOfFlightsIsGoodAndScoresAsTheNativeLibraryDoes(@TempDir Path root) throws Exception {
        Flights flights = Flights.load();
        Job job =
                new Job(root)
                        .with(
                                Map.of(
                                        "num_round", "120",
                                        "objective", "binary:logistic",
                                        "max_depth", "5",
                                        "eta", "0.12",
                                        "eval_metric", "auc",
                                        "seed", "7",
                                        "nthread", "1"))
                        .channels("text/csv", "train", "validation")
                        .data(
                                "train",
                                "part-0.csv",
                                flights.csv(i -> flights.isForTraining(i) && i % 2 == 0))
                        .data(
                                "train",
                                "part-1.csv",
                                flights.csv(i -> flights.isForTraining(i) && i % 2 == 1))
                        .data("validation", "held-out.csv", flights.csv(flights::isHeldOut));

        Job.Outcome outcome = job.run();

        assertEquals(0, outcome.code(), outcome.log().toString());
        String last =
                outcome.log().stream()
                        .filter(line -> line.startsWith("[119]"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(
                last.matches("\\[119\\]#011train-auc:0\\.\\d{5}#011validation-auc:0\\.\\d{5}"),
                last);
        byte[] file = Files.readAllBytes(job.model());
        XgboostModel model = XgboostModel.parse(file);
        float[] rows = flights.flat();
        float[] scores = model.predict(rows, flights.count());
        double auc = flights.auc(scores, flights::isHeldOut);
        assertTrue(auc >= 0.70, "held-out AUC " + auc);
        assertEquals(auc, Double.parseDouble(last.substring(last.lastIndexOf(':') + 1)), 1e-4);

        Booster booster = XGBoost.loadModel(file);
        float[][] expected =
                booster.predict(new DMatrix(rows, flights.count(), flights.width(), Float.NaN));
        float worst = 0;
        for (int i = 0; i < flights.count(); i++) {
            worst = Math.max(worst, Math.abs(scores[i] - expected[i][0]));
        }
        assertTrue(worst <= 1e-5, "differs by " + worst);
    }
}
