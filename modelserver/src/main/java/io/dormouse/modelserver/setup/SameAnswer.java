package io.dormouse.modelserver.setup;

import io.dormouse.modelserver.JsonReader;
import io.dormouse.modelserver.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// Whether two JSON answers say the same, numbers within what another order of the same sums may
/// change.
final class SameAnswer {
    private static final double RELATIVE = 1e-3;
    private static final double ABSOLUTE = 1e-4;

    private SameAnswer() {}

    static boolean as(byte[] one, byte[] other) throws IOException {
        try {
            return same(reader(one), reader(other));
        } catch (Refusal _) {
            return false; // one has what the other has not
        }
    }

    private static JsonReader reader(byte[] json) {
        return new JsonReader(new ByteArrayInputStream(json));
    }

    private static boolean same(JsonReader a, JsonReader b) throws IOException, Refusal {
        char kind = a.peek();
        if (kind != b.peek()) {
            return false;
        }
        return switch (kind) {
            case '{' -> {
                a.beginObject();
                b.beginObject();
                boolean same = true;
                while (same && a.next('}')) {
                    same = b.next('}') && a.name().equals(b.name()) && same(a, b);
                }
                yield same && !b.next('}');
            }
            case '[' -> {
                a.beginArray();
                b.beginArray();
                boolean same = true;
                while (same && a.next(']')) {
                    same = b.next(']') && same(a, b);
                }
                yield same && !b.next(']');
            }
            case '"' -> a.string().equals(b.string());
            case '0' -> near(a.decimal(), b.decimal());
            case 'n' -> {
                a.nothing();
                b.nothing();
                yield true;
            }
            default -> a.bool() == b.bool();
        };
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(a), Math.abs(b));
    }
}
