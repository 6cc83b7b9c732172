package io.dormouse.trainer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.zip.GZIPInputStream;

/// The 60,000 flights of examples/flights, with what is known before departure as features.
///
/// The question is whether a flight arrives more than 15 minutes late.
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Flights(List<float[]> features, float[] late, int[] months) {
    private static final Path FILE = Path.of("../examples/flights/flights.csv.gz");
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
    private static final String[] CODES = {"carrier", "origin", "dest"};
    private static final String[] NUMBERS = {
        "distance", "temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"
    };

    static Flights load() throws IOException {
        List<String[]> rows = new ArrayList<>();
        String[] header;
        try (InputStream file = Files.newInputStream(FILE);
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        new GZIPInputStream(file), StandardCharsets.UTF_8))) {
            header = in.readLine().split(",", -1);
            for (String line; (line = in.readLine()) != null; ) {
                rows.add(line.split(",", -1));
            }
        }
        List<String> names = Arrays.asList(header);
        int arrival = names.indexOf("arr_delay");
        rows.removeIf(row -> row[arrival].isEmpty());
        rows.sort(Comparator.comparing(row -> row[0]));
        List<Map<String, Integer>> codes = new ArrayList<>();
        for (String name : CODES) {
            codes.add(codes(rows, names.indexOf(name)));
        }
        List<float[]> features = new ArrayList<>();
        float[] late = new float[rows.size()];
        int[] months = new int[rows.size()];
        for (int i = 0; i < late.length; i++) {
            String[] row = rows.get(i);
            ZonedDateTime time = ZonedDateTime.parse(row[0]).withZoneSameInstant(NEW_YORK);
            late[i] = Float.parseFloat(row[arrival]) > 15 ? 1 : 0;
            months[i] = time.getMonthValue();
            features.add(features(row, names, codes, time));
        }
        return new Flights(features, late, months);
    }

    private static float[] features(
            String[] row,
            List<String> names,
            List<Map<String, Integer>> codes,
            ZonedDateTime time) {
        float[] features = new float[CODES.length + NUMBERS.length + 2];
        int at = 0;
        for (int i = 0; i < CODES.length; i++) {
            features[at++] = codes.get(i).getOrDefault(row[names.indexOf(CODES[i])], -1);
        }
        features[at++] = time.getDayOfWeek().getValue();
        features[at++] = Float.parseFloat(row[names.indexOf("sched_dep_time")]) / 100;
        for (String name : NUMBERS) {
            String cell = row[names.indexOf(name)];
            features[at++] = cell.isEmpty() ? Float.NaN : Float.parseFloat(cell);
        }
        return features;
    }

    private static Map<String, Integer> codes(List<String[]> rows, int column) {
        TreeSet<String> words = new TreeSet<>();
        rows.forEach(row -> words.add(row[column]));
        Map<String, Integer> codes = new HashMap<>();
        words.forEach(word -> codes.put(word, codes.size()));
        return codes;
    }

    int count() {
        return late.length;
    }

    int width() {
        return features.getFirst().length;
    }

    /// All rows one behind the other.
    float[] flat() {
        float[] flat = new float[count() * width()];
        for (int i = 0; i < count(); i++) {
            System.arraycopy(features.get(i), 0, flat, i * width(), width());
        }
        return flat;
    }

    /// The chosen rows as AWS's XGBoost takes them: label first, missing values empty.
    String csv(IntPredicate chosen) {
        StringWriter out = new StringWriter();
        for (int i = 0; i < count(); i++) {
            if (chosen.test(i)) {
                out.write(Integer.toString((int) late[i]));
                for (float value : features.get(i)) {
                    out.write(",");
                    out.write(Float.isNaN(value) ? "" : Float.toString(value));
                }
                out.write("\n");
            }
        }
        return out.toString();
    }

    /// One in five rows of January to March is held out.
    boolean isHeldOut(int row) {
        return months[row] <= 3 && row % 5 == 0;
    }

    boolean isForTraining(int row) {
        return months[row] <= 3 && row % 5 != 0;
    }

    /// The area under the curve of scores for the chosen rows.
    double auc(float[] scores, IntPredicate chosen) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            if (chosen.test(i)) {
                order.add(i);
            }
        }
        order.sort(Comparator.comparingDouble(row -> scores[row]));
        double rankSum = 0;
        long positives = 0;
        for (int from = 0; from < order.size(); ) {
            int to = from;
            while (to < order.size() && scores[order.get(to)] == scores[order.get(from)]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                if (late[order.get(i)] == 1) {
                    rankSum += (from + to + 1) / 2.0;
                    positives++;
                }
            }
            from = to;
        }
        long negatives = order.size() - positives;
        return (rankSum - positives * (positives + 1) / 2.0) / (positives * negatives);
    }
}
