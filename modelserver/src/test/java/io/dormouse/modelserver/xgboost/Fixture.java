package io.dormouse.modelserver.xgboost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What make.py left: models, the rows they were asked about, and XGBoost's scores.
final class Fixture {
    static final Path FOLDER = Path.of("src/test/resources/xgboost");
    static final int FEATURES = 4;

    private Fixture() {}

    static byte[] model(String file) throws IOException {
        return Files.readAllBytes(FOLDER.resolve(file));
    }

    /// The rows as CSV, missing values empty.
    static String rows() throws IOException {
        return Files.readString(FOLDER.resolve("rows.csv"));
    }

    static float[] values() throws IOException {
        List<String> lines = rows().lines().toList();
        float[] values = new float[lines.size() * FEATURES];
        for (int i = 0; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",", -1);
            for (int j = 0; j < FEATURES; j++) {
                values[i * FEATURES + j] =
                        cells[j].isEmpty() ? Float.NaN : Float.parseFloat(cells[j]);
            }
        }
        return values;
    }

    /// XGBoost's scores, row by row.
    static double[] scores(String model) throws IOException {
        String text = Files.readString(FOLDER.resolve(model + ".scores.csv"));
        return text.lines()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    static void assertScores(double[] expected, float[] found) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], 1e-5, "score " + i);
        }
    }
}
