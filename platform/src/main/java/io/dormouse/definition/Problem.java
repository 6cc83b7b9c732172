package io.dormouse.definition;

/// What is wrong with a definition, and where.
///
/// @param line from 1
/// @param column from 1
/// @param field such as `settings.idle-seconds`; empty for the file as a whole
/// @param sentence what was found and what was expected
public record Problem(int line, int column, String field, String sentence) {
    String at(String file) {
        return file + ":" + line + ":" + column + ": " + sentence;
    }
}
