package io.dormouse.pattern;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.RuleCompiler;

/// A pattern, ready to be held against events. Safe for any number of threads.
public final class EventPattern {
    private static final String NAME = "pattern";

    private final Machine machine = Machine.builder().build();

    /// @param json the pattern, correct as [#problem] says
    /// @throws IllegalArgumentException where it is no pattern
    public EventPattern(String json) {
        try {
            machine.addRule(NAME, json);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// What is wrong with a pattern; empty where nothing is.
    public static Optional<String> problem(String json) {
        @Nullable String problem = RuleCompiler.check(json);
        return Optional.ofNullable(problem).map(text -> text.lines().findFirst().orElse(text));
    }

    /// Whether an event is one of these.
    ///
    /// @param json an object
    /// @throws IllegalArgumentException where it is none
    public boolean matches(String json) {
        try {
            return !machine.rulesForJSONEvent(json).isEmpty();
        } catch (Exception e) {
            throw new IllegalArgumentException("No event: " + e.getMessage(), e);
        }
    }
}
