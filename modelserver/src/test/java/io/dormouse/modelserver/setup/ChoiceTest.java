package io.dormouse.modelserver.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.modelserver.Prepared;
import java.io.File;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Figures of real models, in milliseconds.
class ChoiceTest {
    private static final Prepared PLAIN = Prepared.plain(new File("model.onnx"));
    private static final Prepared OPTIMIZED =
            Prepared.optimized(new File("m.onnx"), Prepared.Packing.NONE);

    private static Choice choose(Form plain, Form optimized, double openMs, double callMs) {
        return Choice.of(List.of(plain, optimized), Optional.of(new Choice.Packed(openMs, callMs)));
    }

    @Test
    void aTransformerStartsUnpackedAndPacksOnceItIsCalledOften() {
        Choice choice =
                choose(
                        new Form(PLAIN, 629, 40.2, 635 << 20),
                        new Form(OPTIMIZED, 137, 58.8, 500 << 20),
                        197,
                        40);
        assertEquals(OPTIMIZED, choice.first().model());
        assertEquals(Optional.of(11), choice.packAfter());
        assertTrue(choice.reason().contains("packed after 11 answers: in 197 ms, then 40.00 ms"));
    }

    @Test
    void aConvolutionalModelThatGainsNothingIsNotPacked() {
        Choice choice =
                choose(
                        new Form(PLAIN, 454, 33.5, 300 << 20),
                        new Form(OPTIMIZED, 102, 34.0, 200 << 20),
                        9,
                        33.5);
        assertEquals(OPTIMIZED, choice.first().model());
        assertEquals(Optional.empty(), choice.packAfter());
    }

    @Test
    void theOriginalIsKeptWhereNothingElseCouldBeMade() {
        Choice choice = Choice.of(List.of(new Form(PLAIN, 300, 20, 1 << 20)), Optional.empty());
        assertEquals(PLAIN, choice.first().model());
        assertEquals(Optional.empty(), choice.packAfter());
    }
}
