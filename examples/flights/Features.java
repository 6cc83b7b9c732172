import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/// Makes the features of "will this flight arrive more than 15 minutes late?" from flights.csv.gz: a
/// processing job's program, one source file, run by `java Features.java`.
///
/// Reads `/opt/ml/processing/input/flights`, writes `/opt/ml/processing/output/{train, validation,
/// april, sample}`. A row is the label, then what is known before departure; nothing else: the delay
/// at departure would give the answer away. The names of carriers and airports become their place in
/// the sorted list of those that the first three months have; one that is not in it is missing.
public final class Features {
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
    private static final int LATE_MINUTES = 15;
    private static final List<String> NAMES = List.of("carrier", "origin", "dest");
    private static final List<String> NUMBERS =
            List.of(
                    "distance", "temp", "dewp", "humid", "wind_speed", "precip", "pressure",
                    "visib");

    private final Map<String, Integer> columns = new HashMap<>();
    private final Map<String, List<String>> codes = new HashMap<>();

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(System.getenv().getOrDefault("DORMOUSE_ML_ROOT", "/opt/ml"));
        new Features().run(root.resolve("processing"));
    }

    private void run(Path processing) throws IOException {
        List<String[]> rows = read(processing.resolve("input/flights/flights.csv.gz"));
        for (String name : NAMES) {
            TreeSet<String> values = new TreeSet<>();
            rows.stream().filter(row -> month(row) <= 3).forEach(row -> values.add(cell(row, name)));
            codes.put(name, List.copyOf(values));
        }
        Path output = processing.resolve("output");
        try (PrintWriter train = file(output, "train/train.csv");
                PrintWriter validation = file(output, "validation/validation.csv");
                PrintWriter april = file(output, "april/april.csv");
                PrintWriter sample = file(output, "sample/sample.csv")) {
            int[] counts = new int[3];
            int sampled = 0;
            for (int i = 0; i < rows.size(); i++) {
                String[] row = rows.get(i);
                String line = label(row) + "," + features(row);
                // Every fourth flight of the first quarter is held out; the rows are in time order.
                boolean heldOut = i % 4 == 3;
                if (month(row) <= 3 && !heldOut) {
                    train.println(line);
                    counts[0]++;
                } else if (month(row) <= 3) {
                    validation.println(line);
                    if (counts[1]++ % 370 == 0 && sampled++ < 10) {
                        sample.println(flight(row) + ";" + cell(row, "arr_delay") + ";" + line);
                    }
                } else if (month(row) == 4) {
                    april.println(line);
                    counts[2]++;
                }
            }
            System.out.printf(
                    "%d flights: %d to train on, %d held out of the same months, %d of April%n",
                    rows.size(), counts[0], counts[1], counts[2]);
        }
    }

    private List<String[]> read(Path file) throws IOException {
        List<String[]> rows = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            String[] header = reader.readLine().split(",", -1);
            for (int i = 0; i < header.length; i++) {
                columns.put(header[i], i);
            }
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] row = line.split(",", -1);
                if (!cell(row, "arr_delay").isEmpty()) {
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static PrintWriter file(Path output, String name) throws IOException {
        Path file = output.resolve(name);
        Files.createDirectories(file.getParent());
        return new PrintWriter(Files.newBufferedWriter(file));
    }

    private String cell(String[] row, String column) {
        return row[columns.get(column)];
    }

    private ZonedDateTime departure(String[] row) {
        return OffsetDateTime.parse(cell(row, "time_hour")).atZoneSameInstant(NEW_YORK);
    }

    private int month(String[] row) {
        return departure(row).getMonthValue();
    }

    private int label(String[] row) {
        return Double.parseDouble(cell(row, "arr_delay")) > LATE_MINUTES ? 1 : 0;
    }

    private String features(String[] row) {
        StringBuilder line = new StringBuilder();
        for (String name : NAMES) {
            int code = codes.get(name).indexOf(cell(row, name));
            line.append(code < 0 ? "" : Integer.toString(code)).append(',');
        }
        int scheduled = (int) Double.parseDouble(cell(row, "sched_dep_time"));
        line.append(departure(row).getDayOfWeek().getValue()).append(',');
        line.append(scheduled / 100);
        for (String number : NUMBERS) {
            line.append(',').append(cell(row, number));
        }
        return line.toString();
    }

    private String flight(String[] row) {
        return "%s %s %s-%s %s"
                .formatted(
                        cell(row, "carrier"),
                        cell(row, "flight"),
                        cell(row, "origin"),
                        cell(row, "dest"),
                        departure(row).toLocalDate());
    }
}
