package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real transformer, all-MiniLM-L6-v2 (90 MB), prepared, served by a process and asked for
/// sentences.
class SentenceTest {
    private static final int DIMENSIONS = 384;

    @TempDir Path folder;

    @Test
    void sentencesOfOneMeaningAreNearEachOther() throws IOException, Refusal {
        Path model = Files.createDirectories(folder.resolve("model"));
        Path prepared = Files.createDirectories(folder.resolve("prepared"));
        try (InputStream in = SentenceTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Files.copy(in, model.resolve("model.onnx"));
        }
        String[] arguments = {
            "--model", model.toString(), "--into", prepared.toString(), "--quick"
        };
        try (Worker program = Worker.run(Prepare.class, arguments)) {
            assertEquals(0, program.exitCode(), program.log());
        }
        assertTrue(Files.size(prepared.resolve("m.bin")) > 50_000_000);
        List<String> sentences =
                List.of(
                        "a man is eating food",
                        "a man eats a piece of bread",
                        "the girl is carrying a baby",
                        "a woman holds her child",
                        "two men pushed carts through the woods");
        try (Worker worker =
                Worker.start(
                        "--stdio",
                        "--kind",
                        "onnx",
                        "--model",
                        model.toString(),
                        "--prepared",
                        prepared.toString())) {
            List<float[]> embeddings = embed(worker.http(), sentences);
            float food = cosine(embeddings.get(0), embeddings.get(1));
            float child = cosine(embeddings.get(2), embeddings.get(3));
            assertTrue(food > 0.7, "food " + food);
            assertTrue(child > 0.4, "child " + child);
            for (int i = 2; i < 5; i++) {
                assertTrue(cosine(embeddings.get(0), embeddings.get(i)) < food - 0.3);
            }
            assertTrue(cosine(embeddings.get(2), embeddings.get(4)) < child - 0.2);
            // Padding must not matter: alone, a sentence means the same.
            float[] alone = embed(worker.http(), sentences.subList(0, 1)).getFirst();
            assertTrue(cosine(alone, embeddings.getFirst()) > 0.9999);
            HttpClient.Reply reply =
                    worker.http()
                            .invoke("application/json", "{\"inputs\":{\"input_ids\":[[101]]}}");
            assertEquals(
                    "input 'attention_mask' (int64 of shape [any, any]) is missing in the body",
                    reply.body());
            reply =
                    worker.http()
                            .invoke(
                                    "application/json",
                                    "{\"input_ids\":[[99999]],\"attention_mask\":[[1]],"
                                            + "\"token_type_ids\":[[0]]}");
            assertEquals(400, reply.status(), reply.body());
            assertTrue(reply.body().contains("99999"), reply.body());
            String zeros = Collections.nCopies(600, 0).toString();
            reply =
                    worker.http()
                            .invoke(
                                    "application/json",
                                    "{\"input_ids\":[%s],\"attention_mask\":[%s],\"token_type_ids\":[%s]}"
                                            .formatted(zeros, zeros, zeros));
            assertEquals(400, reply.status(), reply.body());
            assertTrue(reply.body().contains("512 by 600"), reply.body());
        }
    }

    private static List<float[]> embed(HttpClient http, List<String> sentences)
            throws IOException, Refusal {
        WordPieces pieces = WordPieces.load();
        List<List<Integer>> tokens = new ArrayList<>();
        for (String sentence : sentences) {
            tokens.add(pieces.of(sentence));
        }
        int length = tokens.stream().mapToInt(List::size).max().orElseThrow();
        List<List<Integer>> ids = new ArrayList<>();
        List<List<Integer>> mask = new ArrayList<>();
        List<List<Integer>> types = new ArrayList<>();
        for (List<Integer> sentence : tokens) {
            int padding = length - sentence.size();
            ids.add(joined(sentence, Collections.nCopies(padding, 0)));
            mask.add(
                    joined(
                            Collections.nCopies(sentence.size(), 1),
                            Collections.nCopies(padding, 0)));
            types.add(Collections.nCopies(length, 0));
        }
        String body =
                "{\"inputs\":{\"input_ids\":"
                        + ids
                        + ",\"attention_mask\":"
                        + mask
                        + ",\"token_type_ids\":"
                        + types
                        + "}}";
        HttpClient.Reply reply = http.invoke("application/json", body);
        assertEquals(200, reply.status(), reply.body());
        return means(reply.body(), tokens);
    }

    private static List<Integer> joined(List<Integer> one, List<Integer> other) {
        List<Integer> both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }

    /// The mean over the tokens that are not padding.
    private static List<float[]> means(String answer, List<List<Integer>> tokens)
            throws IOException, Refusal {
        JsonReader json =
                new JsonReader(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
        List<float[]> means = new ArrayList<>();
        json.beginObject();
        assertTrue(json.next('}'));
        assertEquals("predictions", json.name());
        json.beginArray();
        while (json.next(']')) {
            float[] mean = new float[DIMENSIONS];
            int own = tokens.get(means.size()).size();
            json.beginArray();
            for (int token = 0; json.next(']'); token++) {
                json.beginArray();
                for (int i = 0; json.next(']'); i++) {
                    mean[i] += (float) (token < own ? json.decimal() : 0 * json.decimal());
                }
            }
            means.add(mean);
        }
        assertEquals(tokens.size(), means.size());
        return means;
    }

    private static float cosine(float[] a, float[] b) {
        double dot = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            lengthA += a[i] * a[i];
            lengthB += b[i] * b[i];
        }
        return (float) (dot / Math.sqrt(lengthA * lengthB));
    }

    /// BERT's tokens of lower-case words without punctuation.
    private record WordPieces(Map<String, Integer> vocabulary) {
        static WordPieces load() throws IOException, Refusal {
            Map<String, Integer> vocabulary = new HashMap<>();
            String file = "/all-minilm-l6-v2-tokenizer.json";
            try (InputStream in = SentenceTest.class.getResourceAsStream(file)) {
                JsonReader json = new JsonReader(in);
                json.beginObject();
                while (json.next('}')) {
                    if (!json.name().equals("model")) {
                        json.skip();
                        continue;
                    }
                    json.beginObject();
                    while (json.next('}')) {
                        if (!json.name().equals("vocab")) {
                            json.skip();
                            continue;
                        }
                        json.beginObject();
                        while (json.next('}')) {
                            vocabulary.put(json.name(), (int) json.integer());
                        }
                    }
                }
            }
            return new WordPieces(vocabulary);
        }

        List<Integer> of(String sentence) {
            List<Integer> tokens = new ArrayList<>(List.of(vocabulary.get("[CLS]")));
            for (String word : sentence.toLowerCase(Locale.ROOT).split(" ", -1)) {
                int from = 0;
                while (from < word.length()) {
                    int to = word.length();
                    String prefix = from == 0 ? "" : "##";
                    while (!vocabulary.containsKey(prefix + word.substring(from, to))) {
                        to--;
                    }
                    tokens.add(vocabulary.get(prefix + word.substring(from, to)));
                    from = to;
                }
            }
            tokens.add(vocabulary.get("[SEP]"));
            return tokens;
        }
    }
}
