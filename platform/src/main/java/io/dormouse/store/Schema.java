package io.dormouse.store;

import java.util.List;

/// The tables of one room, as the steps that made them: append a step to change them, never edit
/// one.
///
/// @param room whose tables these are
/// @param steps SQL scripts, one statement each; step n is run once, in order
public record Schema(String room, List<String> steps) {
    public Schema {
        steps = List.copyOf(steps);
    }

    public static Schema of(String room, String... steps) {
        return new Schema(room, List.of(steps));
    }
}
