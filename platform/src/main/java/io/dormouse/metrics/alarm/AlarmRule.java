package io.dormouse.metrics.alarm;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// The rule of a composite alarm: `ALARM(a) AND (OK("b") OR NOT INSUFFICIENT_DATA(c))`, `TRUE`,
/// `FALSE`. NOT binds closest, OR least.
///
/// See
/// [PutCompositeAlarm](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html).
///
/// @param children the alarms that occur in it, by name or ARN as they are written
record AlarmRule(Term term, List<String> children) {
    private static final int CHILDREN_MAX = 100;
    private static final int ELEMENTS_MAX = 500;

    AlarmRule {
        children = List.copyOf(children);
    }

    /// What can be true.
    sealed interface Term {
        record In(StateValue state, String alarm) implements Term {}

        record Not(Term term) implements Term {}

        record And(Term left, Term right) implements Term {}

        record Or(Term left, Term right) implements Term {}

        record Always(boolean value) implements Term {}
    }

    /// @throws software.amazon.awssdk.awscore.exception.AwsServiceException `ValidationError`
    static AlarmRule of(String text) {
        if (!text.strip().equals(text)) {
            throw AlarmInput.invalid(
                    "AlarmRule must not contain leading or trailing whitespace or be null");
        }
        return new Reader(text).read();
    }

    boolean holds(Function<String, StateValue> states) {
        return holds(term, states);
    }

    private static boolean holds(Term term, Function<String, StateValue> states) {
        return switch (term) {
            case Term.In(StateValue state, String alarm) -> states.apply(alarm) == state;
            case Term.Not(Term inner) -> !holds(inner, states);
            case Term.And(Term left, Term right) -> holds(left, states) && holds(right, states);
            case Term.Or(Term left, Term right) -> holds(left, states) || holds(right, states);
            case Term.Always(boolean value) -> value;
        };
    }

    private static final class Reader {
        private static final Pattern WORD = Pattern.compile("\\G\\s*([A-Za-z_]+)");
        private static final Pattern NAME =
                Pattern.compile(
                        "\\G\\s*(?:\"((?:[^\"\\\\]|\\\\.)+)\"|([^\\s\"()][^\"()]*?))\\s*\\)");

        private final String text;
        private final Set<String> children = new LinkedHashSet<>();
        private int at;
        private int elements;

        Reader(String text) {
            this.text = text;
        }

        AlarmRule read() {
            Term term = either();
            skipSpace();
            if (at < text.length()) {
                throw expected("AND, OR or the end");
            }
            if (children.size() > CHILDREN_MAX || elements > ELEMENTS_MAX) {
                throw AlarmInput.invalid(
                        "AlarmRule can have at most "
                                + CHILDREN_MAX
                                + " alarms and "
                                + ELEMENTS_MAX
                                + " elements");
            }
            return new AlarmRule(term, new ArrayList<>(children));
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private RuntimeException expected(String what) {
            skipSpace();
            String place =
                    at == text.length()
                            ? "its end"
                            : "'" + text.substring(at, Math.min(text.length(), at + 20)) + "'";
            return AlarmInput.invalid("AlarmRule is invalid: " + what + " is expected at " + place);
        }

        /// Goes past a word where it comes next.
        private boolean took(String word) {
            Matcher matcher = WORD.matcher(text);
            boolean is = matcher.find(at) && matcher.group(1).equalsIgnoreCase(word);
            at = is ? matcher.end() : at;
            return is;
        }

        private boolean tookSign(char sign) {
            skipSpace();
            boolean is = at < text.length() && text.charAt(at) == sign;
            at += is ? 1 : 0;
            return is;
        }

        private Term either() {
            Term term = both();
            while (took("OR")) {
                term = new Term.Or(term, both());
            }
            return term;
        }

        private Term both() {
            Term term = one();
            while (took("AND")) {
                term = new Term.And(term, one());
            }
            return term;
        }

        private Term one() {
            elements++;
            if (elements > ELEMENTS_MAX) {
                throw AlarmInput.invalid(
                        "AlarmRule can have at most " + ELEMENTS_MAX + " elements");
            }
            if (took("NOT")) {
                return new Term.Not(one());
            }
            if (tookSign('(')) {
                Term inner = either();
                if (!tookSign(')')) {
                    throw expected("')'");
                }
                return inner;
            }
            if (took("TRUE")) {
                return new Term.Always(true);
            }
            if (took("FALSE")) {
                return new Term.Always(false);
            }
            return state();
        }

        private Term state() {
            for (StateValue state : StateValue.knownValues()) {
                if (took(state.toString())) {
                    if (!tookSign('(')) {
                        throw expected("'('");
                    }
                    return new Term.In(state, name());
                }
            }
            throw expected("ALARM, OK, INSUFFICIENT_DATA, TRUE, FALSE, NOT or '('");
        }

        private String name() {
            Matcher matcher = NAME.matcher(text);
            if (!matcher.find(at)) {
                throw expected("the name of an alarm and ')'");
            }
            at = matcher.end();
            String quoted = matcher.group(1);
            String name = quoted == null ? matcher.group(2) : quoted.replaceAll("\\\\(.)", "$1");
            children.add(name);
            return name;
        }
    }
}
