package io.dormouse.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TuningTest {
    @Test
    void withoutTagsItIsAsOnAws() {
        assertEquals(Tuning.DEFAULT, Tuning.of(Map.of("team", "red")));
    }

    @Test
    void tagsSetIt() {
        assertEquals(
                new Tuning(4, Optional.of(Duration.ofSeconds(30)), 100, Duration.ofSeconds(5)),
                Tuning.of(
                        Map.of(
                                "dormouse:slots", "4",
                                "dormouse:idle-seconds", "30",
                                "dormouse:queue-max", "100",
                                "dormouse:queue-seconds", "5")));
    }

    @Test
    void aWrongTagIsNamed() {
        for (String wrong : new String[] {"many", "-1", "1.5", "99999999999"}) {
            IllegalArgumentException refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Tuning.of(Map.of("dormouse:idle-seconds", wrong)));
            assertEquals(
                    "Tag dormouse:idle-seconds must be a whole number between 0 and 86400, not \""
                            + wrong
                            + "\"",
                    refused.getMessage());
        }
    }
}
