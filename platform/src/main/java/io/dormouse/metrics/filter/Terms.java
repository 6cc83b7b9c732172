package io.dormouse.metrics.filter;

import java.util.ArrayList;
import java.util.List;

/// A pattern for lines of no form: words and "quoted phrases" that must all occur, `-word` that
/// must not, `?word` of which one must.
///
/// @param any ignored where there are others: CloudWatch Logs does so
record Terms(List<String> all, List<String> none, List<String> any) implements Whole {
    Terms {
        all = List.copyOf(all);
        none = List.copyOf(none);
        any = List.copyOf(any);
    }

    static Terms of(String pattern) {
        List<String> all = new ArrayList<>();
        List<String> none = new ArrayList<>();
        List<String> any = new ArrayList<>();
        Scan scan = new Scan(pattern);
        while (!scan.isAtEnd()) {
            List<String> kind = scan.took("-") ? none : scan.took("?") ? any : all;
            String term = scan.isNext("\"") ? scan.quoted() : scan.word();
            // A blank phrase stands for every line.
            kind.add(term.strip().isEmpty() ? "" : term);
        }
        return new Terms(all, none, any);
    }

    @Override
    public boolean matches(String line) {
        if (!all.stream().allMatch(line::contains) || none.stream().anyMatch(line::contains)) {
            return false;
        }
        return any.isEmpty()
                || !all.isEmpty()
                || !none.isEmpty()
                || any.stream().anyMatch(line::contains);
    }

    @Override
    public int expressions() {
        return 0;
    }
}
