package io.dormouse.cli;

import io.dormouse.cli.line.Console;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;

/// What an endpoint says of flights whose truth is known.
final class FlightsScores {
    private final SageMakerRuntimeClient runtime;
    private final FlightsTraining training;
    private final String endpoint;

    FlightsScores(SageMakerRuntimeClient runtime, FlightsTraining training, String endpoint) {
        this.runtime = runtime;
        this.training = training;
        this.endpoint = endpoint;
    }

    private double[] invoke(String csv) {
        String answer =
                runtime.invokeEndpoint(r ->
                                r.endpointName(endpoint)
                                        .contentType("text/csv")
                                        .accept("text/csv")
                                        .body(SdkBytes.fromUtf8String(csv)))
                        .body()
                        .asUtf8String();
        return Arrays.stream(answer.strip().split("[,\\n]+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /// The area under the ROC curve of the endpoint's scores for a file of labelled rows.
    double auc(String file) {
        List<String> rows = training.features(file).lines().toList();
        StringBuilder features = new StringBuilder();
        boolean[] late = new boolean[rows.size()];
        for (int i = 0; i < late.length; i++) {
            String row = rows.get(i);
            late[i] = row.charAt(0) == '1';
            features.append(row, row.indexOf(',') + 1, row.length()).append('\n');
        }
        return auc(invoke(features.toString()), late);
    }

    /// The share of pairs, one late and one not, that the scores put in the right order; ties count
    /// half.
    static double auc(double[] scores, boolean[] positive) {
        if (scores.length != positive.length) {
            throw new Failed(
                    positive.length + " rows were sent and " + scores.length + " scores came back");
        }
        Integer[] order =
                IntStream.range(0, scores.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> scores[i]))
                        .toArray(Integer[]::new);
        double positives = 0;
        double rankSum = 0;
        for (int i = 0; i < order.length; ) {
            int end = i;
            while (end < order.length && scores[order[end]] == scores[order[i]]) {
                end++;
            }
            double rank = (i + 1 + end) / 2.0;
            for (int k = i; k < end; k++) {
                if (positive[order[k]]) {
                    positives++;
                    rankSum += rank;
                }
            }
            i = end;
        }
        double negatives = order.length - positives;
        return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
    }

    /// Prediction beside truth for the ten flights of the sample; the first call wakes the
    /// endpoint.
    void tenFlights(Console console) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : training.features("sample/sample.csv").lines().toList()) {
            String[] parts = line.split(";", -1);
            String features = parts[2].substring(parts[2].indexOf(',') + 1);
            long begin = System.nanoTime();
            double score = invoke(features)[0];
            double millis = (System.nanoTime() - begin) / 1e6;
            rows.add(
                    List.of(
                            "   " + parts[0],
                            "%.2f".formatted(score),
                            "%+.0f min%s"
                                    .formatted(
                                            Double.parseDouble(parts[1]),
                                            parts[2].startsWith("1") ? "  late" : ""),
                            "%.1f".formatted(millis)));
        }
        console.table(
                List.of("   flight", "risk of >15 min", "arrived", "ms (first from zero)"), rows);
    }

    /// Median and p95 of warm calls, ms.
    double[] warmMillis(int calls) {
        String line = training.features("sample/sample.csv").lines().findFirst().orElseThrow();
        String row = line.substring(line.lastIndexOf(';') + 1);
        String features = row.substring(row.indexOf(',') + 1);
        double[] millis = new double[calls];
        for (int i = 0; i < calls; i++) {
            long begin = System.nanoTime();
            invoke(features);
            millis[i] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(millis);
        return new double[] {millis[calls / 2], millis[calls * 95 / 100]};
    }
}
