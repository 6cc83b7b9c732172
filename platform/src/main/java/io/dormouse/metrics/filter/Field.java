package io.dormouse.metrics.filter;

/// A part of a line that matches: to be asked of a [Match] of the pattern that gave it.
public sealed interface Field permits Selector, Field.Column {
    /// A column of a line.
    ///
    /// @param name with the dollar sign, such as `$bytes` or `$7`
    record Column(String name) implements Field {}
}
