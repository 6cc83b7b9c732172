package io.dormouse.deploy;

/// What AWS would make of a definition.
///
/// @param field such as `payload`
/// @param sentence why, and what to do
public record Finding(Effect effect, String field, String sentence) {
    /// What AWS does about it.
    public enum Effect {
        /// The deployment would fail, or never answer.
        REFUSED,
        /// It has no effect there.
        IGNORED,
        /// The account's permissions do not let it be seen.
        UNKNOWN
    }

    @Override
    public String toString() {
        return effect + " " + field + ": " + sentence;
    }
}
