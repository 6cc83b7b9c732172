package io.dormouse.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// all-MiniLM-L6-v2, a real transformer: its file, its tokens, and the embedding of its output.
final class Transformer {
    private static final String MODEL = "/all-minilm-l6-v2.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

    private final JsonNode vocabulary;

    Transformer() throws IOException {
        try (InputStream in = resource(TOKENIZER)) {
            vocabulary = JsonMapper.shared().readTree(in).path("model").path("vocab");
        }
    }

    private static InputStream resource(String name) {
        InputStream in = Transformer.class.getResourceAsStream(name);
        if (in == null) {
            throw new AssertionError("the artifact does not hold " + name);
        }
        return in;
    }

    static Path model(Path folder) throws IOException {
        Path file = folder.resolve("minilm.onnx");
        try (InputStream in = resource(MODEL)) {
            Files.copy(in, file);
        }
        return file;
    }

    /// The request for a batch of sentences.
    String request(List<String> sentences) {
        List<List<Integer>> ids = sentences.stream().map(this::tokens).toList();
        int longest = ids.stream().mapToInt(List::size).max().orElseThrow();
        return "{\"inputs\":{\"input_ids\":%s,\"attention_mask\":%s,\"token_type_ids\":%s}}"
                .formatted(
                        rows(ids, longest, id -> id),
                        rows(ids, longest, _ -> 1),
                        rows(ids, longest, _ -> 0));
    }

    private static String rows(
            List<List<Integer>> ids, int longest, java.util.function.IntUnaryOperator value) {
        return ids.stream()
                .map(row -> {
                    int[] padded = new int[longest];
                    for (int i = 0; i < row.size(); i++) {
                        padded[i] = value.applyAsInt(row.get(i));
                    }
                    return Arrays.toString(padded);
                })
                .collect(Collectors.joining(",", "[", "]"));
    }

    /// WordPiece: the longest piece of the vocabulary first.
    private List<Integer> tokens(String sentence) {
        List<Integer> ids = new ArrayList<>(List.of(id("[CLS]")));
        for (String word :
                sentence.toLowerCase(Locale.ROOT)
                        .replaceAll("(\\p{Punct})", " $1 ")
                        .strip()
                        .split("\\s+")) {
            int from = 0;
            while (from < word.length()) {
                int to = word.length();
                while (to > from && !vocabulary.has(piece(word, from, to))) {
                    to--;
                }
                if (to == from) {
                    ids.add(id("[UNK]"));
                    break;
                }
                ids.add(id(piece(word, from, to)));
                from = to;
            }
        }
        ids.add(id("[SEP]"));
        return ids;
    }

    private static String piece(String word, int from, int to) {
        return (from == 0 ? "" : "##") + word.substring(from, to);
    }

    private int id(String piece) {
        return vocabulary.path(piece).asInt();
    }

    /// The mean of the states of a sentence's own tokens, of length one.
    double[] embedding(JsonNode states, String sentence) {
        int length = tokens(sentence).size();
        double[] mean = new double[states.get(0).size()];
        for (int token = 0; token < length; token++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += states.get(token).get(i).asDouble();
            }
        }
        double norm = Math.sqrt(Arrays.stream(mean).map(x -> x * x).sum());
        return Arrays.stream(mean).map(x -> x / norm).toArray();
    }

    static double similarity(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
