package io.dormouse.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/// What a List operation asks for: AWS's filters, order and page, the same for every kind.
///
/// @param maxResults at most this many in a page
/// @param nextToken where the last page ended
public record Listing(
        Filter filter, By by, boolean ascending, int maxResults, Optional<String> nextToken) {
    /// A parent that stands for all: only entries that have one.
    public static final String ANY_PARENT = "*";

    private static final int PAGE = 10;

    /// What the page is ordered by; the name decides between equals.
    public enum By {
        NAME("name"),
        CREATED("created"),
        MODIFIED("modified"),
        STATUS("status");

        private final String column;

        By(String column) {
            this.column = column;
        }

        String column() {
            return column;
        }
    }

    /// A stretch of time, open where an end is missing.
    public record Span(Optional<Instant> after, Optional<Instant> before) {
        static final Span ALWAYS = new Span(Optional.empty(), Optional.empty());
    }

    /// What an entry must be to be listed.
    ///
    /// @param parent only entries with this parent: [#ANY_PARENT] for any, an empty one for none
    public record Filter(
            Optional<String> nameContains,
            Span created,
            Span modified,
            Optional<String> status,
            Optional<String> parent) {
        static final Filter NONE =
                new Filter(
                        Optional.empty(),
                        Span.ALWAYS,
                        Span.ALWAYS,
                        Optional.empty(),
                        Optional.empty());
    }

    public Listing {
        Objects.requireNonNull(filter);
        Objects.requireNonNull(by);
        if (maxResults < 1) {
            throw new IllegalArgumentException("maxResults must be at least 1");
        }
    }

    /// Everything, newest first, ten in a page: AWS's usual default.
    public static Listing all() {
        return new Listing(Filter.NONE, By.CREATED, false, PAGE, Optional.empty());
    }

    public Listing nameContains(Optional<String> text) {
        return filtered(
                new Filter(text, filter.created, filter.modified, filter.status, filter.parent));
    }

    public Listing created(Optional<Instant> after, Optional<Instant> before) {
        Span span = new Span(after, before);
        return filtered(
                new Filter(
                        filter.nameContains, span, filter.modified, filter.status, filter.parent));
    }

    public Listing modified(Optional<Instant> after, Optional<Instant> before) {
        Span span = new Span(after, before);
        return filtered(
                new Filter(
                        filter.nameContains, filter.created, span, filter.status, filter.parent));
    }

    public Listing status(Optional<String> equal) {
        return filtered(
                new Filter(
                        filter.nameContains,
                        filter.created,
                        filter.modified,
                        equal,
                        filter.parent));
    }

    public Listing within(Optional<String> onlyParent) {
        return filtered(
                new Filter(
                        filter.nameContains,
                        filter.created,
                        filter.modified,
                        filter.status,
                        onlyParent));
    }

    private Listing filtered(Filter other) {
        return new Listing(other, by, ascending, maxResults, nextToken);
    }

    public Listing order(By column, boolean isAscending) {
        return new Listing(filter, column, isAscending, maxResults, nextToken);
    }

    public Listing page(int size, Optional<String> token) {
        return new Listing(filter, by, ascending, size, token);
    }
}
