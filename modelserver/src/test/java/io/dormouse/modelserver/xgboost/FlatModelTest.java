package io.dormouse.modelserver.xgboost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.Load;
import io.dormouse.modelserver.Prepared;
import io.dormouse.modelserver.Unloadable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The prepared form scores as the model that it was made of, or is not used.
class FlatModelTest {
    @TempDir private Path folder;

    private Path original() {
        return folder.resolve("xgboost-model");
    }

    private Path flat() {
        return folder.resolve(FlatModel.FILE);
    }

    private void prepare(byte[] model) throws Exception {
        Files.write(original(), model);
        XgboostPredictor.prepare(folder.toFile(), folder.toFile());
        assertTrue(Files.exists(folder.resolve(Prepared.FILE)));
    }

    private XgboostModel read() throws IOException {
        return FlatModel.read(folder.toFile(), original().toFile());
    }

    private void assertScoresBitForBit(byte[] file) throws Exception {
        prepare(file);
        XgboostModel parsed = XgboostModel.parse(file);
        XgboostModel found = read();
        float[] values = Fixture.values();
        int rows = values.length / Fixture.FEATURES;
        assertArrayEquals(bits(parsed.predict(values, rows)), bits(found.predict(values, rows)));
        for (int row = 0; row < rows; row++) {
            float[] one = Arrays.copyOfRange(values, row * 4, row * 4 + 4);
            assertArrayEquals(bits(parsed.predict(one, 1)), bits(found.predict(one, 1)));
        }
        assertEquals(parsed.objective(), found.objective());
        assertEquals(parsed.features(), found.features());
        assertEquals(parsed.outputs(), found.outputs());
    }

    private static int[] bits(float[] scores) {
        int[] bits = new int[scores.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(scores[i]);
        }
        return bits;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "old-binary.json",
                "old-softprob.ubj",
                "old-poisson.json",
                "old-dart.json",
                "categories.json",
                "categories-onehot.json",
                "aft.json",
                "quantiles.ubj",
                "parallel.json",
            })
    void scoresAreTheSameBitForBit(String file) throws Exception {
        assertScoresBitForBit(Fixture.model(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reg:logistic",
                "binary:hinge",
                "binary:logitraw",
                "reg:gamma",
                "reg:tweedie",
                "survival:cox",
                "reg:pseudohubererror",
                "reg:absoluteerror",
                "reg:expectileerror",
                "rank:ndcg",
            })
    void everyLinkOfAnObjectiveIsKept(String objective) throws Exception {
        String model = new String(Fixture.model("old-binary.json"), UTF_8);
        String other = model.replace("\"binary:logistic\"", '"' + objective + '"');
        assertTrue(!other.equals(model));
        assertScoresBitForBit(other.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"multi:softmax", "multi:softprob"})
    void linearModelsOfSeveralClassesAreKept(String objective) throws Exception {
        assertScoresBitForBit(linear(objective).getBytes(UTF_8));
    }

    private static String linear(String objective) {
        return """
        {"learner":{
          "learner_model_param":{"base_score":"2.5E-1","num_class":"3","num_feature":"4"},
          "objective":{"name":"%s"},
          "gradient_booster":{"name":"gblinear","model":{"weights":
            [0.1,-0.2,0.3,1.5,0.25,-3,0.7,0.8,-0.9,0.01,0.02,0.03,0.4,-0.5,0.6]}}}}
        """
                .formatted(objective);
    }

    @Test
    void theFormIsReadAndNotTheModel() throws Exception {
        byte[] model = Fixture.model("old-binary.json");
        prepare(model);
        Files.write(original(), new byte[model.length]);
        Fixture.assertScores(Fixture.scores("old-binary"), serve());
    }

    @Test
    void aDamagedFormIsNeverScoredWith() throws Exception {
        prepare(Fixture.model("old-dart.json"));
        byte[] whole = Files.readAllBytes(flat());
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = whole.clone();
            int at = i < 64 ? i : random.nextInt(whole.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(flat(), damaged);
            assertThrows(IOException.class, this::read, "bit of byte " + at);
            Files.write(flat(), Arrays.copyOf(whole, random.nextInt(whole.length)));
            assertThrows(IOException.class, this::read);
        }
        Fixture.assertScores(Fixture.scores("old-dart"), serve());
    }

    @Test
    void aFormOfAnotherVersionIsLeftAside() throws Exception {
        prepare(Fixture.model("old-binary.json"));
        byte[] file = Files.readAllBytes(flat());
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 999);
        Files.write(flat(), file);
        IOException e = assertThrows(IOException.class, this::read);
        assertEquals("is of version 999", e.getMessage());
        Fixture.assertScores(Fixture.scores("old-binary"), serve());
    }

    @Test
    void aFormOfAnotherModelIsLeftAside() throws Exception {
        prepare(Fixture.model("old-binary.json"));
        Files.write(original(), Fixture.model("old-poisson.json"));
        Fixture.assertScores(Fixture.scores("old-poisson"), serve());
    }

    @Test
    void whereTheFormIsMissingTheModelIsParsed() throws Exception {
        prepare(Fixture.model("categories.json"));
        Files.delete(flat());
        Fixture.assertScores(Fixture.scores("categories"), serve());
    }

    /// Lengths that lie are found before an array is made of them, even under a right checksum.
    @Test
    void lengthsThatLieAreRefused() throws Exception {
        prepare(Fixture.model("old-binary.json"));
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 20}) {
            byte[] file = Files.readAllBytes(flat());
            ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putInt(28, length);
            CRC32 checksum = new CRC32();
            checksum.update(file, 16, file.length - 16);
            buffer.putInt(12, (int) checksum.getValue());
            Files.write(flat(), file);
            IOException e = assertThrows(IOException.class, this::read);
            assertEquals("holds an array of " + length + " numbers", e.getMessage());
        }
    }

    @Test
    void whatIsNoModelIsNotPreparedAndSaidAsAtAStart() throws Exception {
        Files.writeString(original(), "this is a shopping list");
        Unloadable prepared =
                assertThrows(
                        Unloadable.class,
                        () -> XgboostPredictor.prepare(folder.toFile(), folder.toFile()));
        Unloadable loaded =
                assertThrows(Unloadable.class, () -> XgboostPredictor.load(load(Optional.empty())));
        assertEquals(loaded.getMessage(), prepared.getMessage());
        assertTrue(Files.notExists(flat()));
    }

    private Load load(Optional<Path> prepared) {
        return new Load("xgboost", folder.toFile(), prepared.map(Path::toFile), Map.of());
    }

    /// The scores that a caller gets from what was prepared.
    private float[] serve() throws Exception {
        return XgboostPredictorTest.scores(
                XgboostPredictor.load(load(Optional.of(folder))), Fixture.rows());
    }
}
