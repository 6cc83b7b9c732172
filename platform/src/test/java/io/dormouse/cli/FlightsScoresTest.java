package io.dormouse.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// The area under the ROC curve, by hand.
class FlightsScoresTest {
    @Test
    void isTheShareOfPairsInTheRightOrder() {
        boolean[] late = {false, true, false, true};
        assertEquals(1, FlightsScores.auc(new double[] {0.1, 0.9, 0.2, 0.8}, late));
        assertEquals(0, FlightsScores.auc(new double[] {0.9, 0.1, 0.8, 0.2}, late));
        // Of the four pairs, three are in order.
        assertEquals(0.75, FlightsScores.auc(new double[] {0.1, 0.9, 0.5, 0.4}, late));
    }

    @Test
    void tiesCountHalf() {
        assertEquals(
                0.5,
                FlightsScores.auc(
                        new double[] {0.3, 0.3, 0.3}, new boolean[] {true, false, false}));
        // One pair is tied, one is in order.
        assertEquals(
                0.75,
                FlightsScores.auc(
                        new double[] {0.5, 0.5, 0.1}, new boolean[] {true, false, false}));
    }

    @Test
    void missingScoresAreAnError() {
        assertThrows(
                Failed.class,
                () -> FlightsScores.auc(new double[] {0.1}, new boolean[] {true, false}));
    }
}
