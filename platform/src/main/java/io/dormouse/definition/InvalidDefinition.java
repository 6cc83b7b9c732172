package io.dormouse.definition;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// A file is no definition: all that is wrong with it, a line each.
public final class InvalidDefinition extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    InvalidDefinition(String file, List<Problem> problems) {
        super(
                problems.stream()
                        .sorted(
                                Comparator.comparingInt(Problem::line)
                                        .thenComparingInt(Problem::column))
                        .map(problem -> problem.at(file))
                        .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
