import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model of the cold-start bench, and what is measured of it.
///
/// @param key in the last line's keys
/// @param label in the table
/// @param request JSON
record ColdStartModel(String key, String label, Path file, String request, int memoryMb) {
    /// Milliseconds by contender, and the steps of its starts.
    static final class Figures {
        final Map<String, List<Double>> millis = new LinkedHashMap<>();
        final Map<String, List<Double>> steps = new LinkedHashMap<>();
        final Map<String, List<Double>> poolSteps = new LinkedHashMap<>();

        void add(String contender, double value) {
            millis.computeIfAbsent(contender, _ -> new ArrayList<>()).add(value);
        }

        double median(String contender) {
            return median(millis.get(contender));
        }

        double p95(String contender) {
            double[] sorted = sorted(millis.get(contender));
            return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)];
        }

        static double median(List<Double> values) {
            double[] sorted = sorted(values);
            return sorted[sorted.length / 2];
        }

        private static double[] sorted(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        }
    }
}
