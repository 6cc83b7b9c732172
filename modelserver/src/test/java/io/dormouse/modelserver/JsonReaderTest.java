package io.dormouse.modelserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static JsonReader reader(String json) {
        return new JsonReader(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static void skipAll(String json) throws IOException, Refusal {
        JsonReader reader = reader(json);
        reader.skip();
        reader.end();
    }

    @Test
    void readsWhatIsThere() throws IOException, Refusal {
        JsonReader json =
                reader(
                        " {\"a\\u00e9\\n\" : [1, -2.5e3, true, null, \"\\ud83d\\ude00\"], \"b\":{}} ");
        json.beginObject();
        assertTrue(json.next('}'));
        assertEquals("aé\n", json.name());
        json.beginArray();
        assertTrue(json.next(']'));
        assertEquals(1, json.integer());
        assertTrue(json.next(']'));
        assertEquals(-2500, json.decimal());
        assertTrue(json.next(']'));
        assertTrue(json.bool());
        assertTrue(json.next(']'));
        json.nothing();
        assertTrue(json.next(']'));
        assertEquals("😀", json.string());
        assertEquals(false, json.next(']'));
        assertTrue(json.next('}'));
        assertEquals("b", json.name());
        json.skip();
        assertEquals(false, json.next('}'));
        json.end();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "{", "[1", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
                "{a:1}", "[01]", "[1.]", "[.5]", "[+1]", "[1e]", "[NaN]", "[Infinity]", "tru",
                "\"abc", "\"\\x\"", "\"\\u12\"", "\"\u0001\"", "[1]]", "nul", "'a'", "[1]x", "{]"
            })
    void refusesWhatIsNoJson(String json) {
        Refusal refusal = assertThrows(Refusal.class, () -> skipAll(json));
        assertEquals(400, refusal.status());
        assertTrue(refusal.getMessage().startsWith("the body is not valid JSON: expected "));
    }

    @Test
    void saysWhere() {
        Refusal refusal = assertThrows(Refusal.class, () -> skipAll("[1,2;3]"));
        assertEquals(
                "the body is not valid JSON: expected ',' or ']' at byte 4, found ';'",
                refusal.getMessage());
    }

    @Test
    void refusesDepthWithoutEnd() {
        assertThrows(Refusal.class, () -> skipAll("[".repeat(100_000)));
        assertThrows(Refusal.class, () -> skipAll("{\"a\":".repeat(100_000)));
    }

    @Test
    void readsDocumentsLongerThanItsBuffer() throws IOException, Refusal {
        StringBuilder text = new StringBuilder("[0");
        for (int i = 1; i < 20_000; i++) {
            text.append(',').append(i);
        }
        JsonReader json = reader(text.append(']').toString());
        json.beginArray();
        for (int i = 0; json.next(']'); i++) {
            assertEquals(i, json.integer());
        }
    }

    @Test
    void readsNumbersAsJavaDoes() throws IOException, Refusal {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                assertEquals(number, reader(String.valueOf(number)).decimal());
            }
            float real = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(real)) {
                assertEquals(real, (float) reader(String.valueOf(real)).decimal());
            }
            double usual = random.nextInt(2_000_000) / 1000.0 - 1000;
            assertEquals(usual, reader(String.valueOf(usual)).decimal());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807,9223372036854775807",
        "-9223372036854775808,-9223372036854775808",
        "3.0,3",
        "2e3,2000",
        "-0,0"
    })
    void readsIntegersWhole(String text, long value) throws IOException, Refusal {
        assertEquals(value, reader(text).integer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e30", "9223372036854775808", "9007199254740993.5"})
    void refusesIntegersThatAreNone(String text) {
        assertThrows(NumberFormatException.class, () -> reader(text).integer());
    }
}
