package io.dormouse.store;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkRequest;

/// What a List operation asks for: AWS's filters, order and page, the same for every kind.
///
/// @param maxResults at most this many in a page
/// @param nextToken where the last page ended
public record Listing(
        Filter filter, By by, boolean ascending, int maxResults, Optional<String> nextToken) {
    /// A parent that stands for all: only entries that have one.
    public static final String ANY_PARENT = "*";

    private static final int PAGE = 10;

    private static final Map<String, By> SORT_KEYS =
            Map.of("Name", By.NAME, "Status", By.STATUS, "LastModifiedTime", By.MODIFIED);

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
    /// @param nameContains in any case; `nameStarts` in the case that is given
    /// @param parent only entries with this parent: [#ANY_PARENT] for any, an empty one for none
    public record Filter(
            Optional<String> nameContains,
            Span created,
            Span modified,
            Optional<String> status,
            Optional<String> parent,
            Optional<String> nameStarts) {
        static final Filter NONE =
                new Filter(
                        Optional.empty(),
                        Span.ALWAYS,
                        Span.ALWAYS,
                        Optional.empty(),
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

    /// What a List request of SageMaker asks for. All of them name their filters, order and page
    /// alike (`NameContains`, `CreationTimeAfter`, `SortBy`, `MaxResults` …); a member that this
    /// request does not have asks for nothing.
    public static Listing of(SdkRequest request) {
        Function<String, Optional<String>> text =
                name -> request.getValueForField(name, String.class);
        Function<String, Optional<Instant>> time =
                name -> request.getValueForField(name, Instant.class);
        By by = text.apply("SortBy").map(SORT_KEYS::get).orElse(By.CREATED);
        return all().nameContains(text.apply("NameContains"))
                .created(time.apply("CreationTimeAfter"), time.apply("CreationTimeBefore"))
                .modified(time.apply("LastModifiedTimeAfter"), time.apply("LastModifiedTimeBefore"))
                .status(text.apply("StatusEquals"))
                .order(by, text.apply("SortOrder").filter("Ascending"::equals).isPresent())
                .page(
                        request.getValueForField("MaxResults", Integer.class).orElse(PAGE),
                        text.apply("NextToken"));
    }

    public Listing nameContains(Optional<String> text) {
        return filtered(
                new Filter(
                        text,
                        filter.created,
                        filter.modified,
                        filter.status,
                        filter.parent,
                        filter.nameStarts));
    }

    public Listing created(Optional<Instant> after, Optional<Instant> before) {
        Span span = new Span(after, before);
        return filtered(
                new Filter(
                        filter.nameContains,
                        span,
                        filter.modified,
                        filter.status,
                        filter.parent,
                        filter.nameStarts));
    }

    public Listing modified(Optional<Instant> after, Optional<Instant> before) {
        Span span = new Span(after, before);
        return filtered(
                new Filter(
                        filter.nameContains,
                        filter.created,
                        span,
                        filter.status,
                        filter.parent,
                        filter.nameStarts));
    }

    public Listing status(Optional<String> equal) {
        return filtered(
                new Filter(
                        filter.nameContains,
                        filter.created,
                        filter.modified,
                        equal,
                        filter.parent,
                        filter.nameStarts));
    }

    public Listing within(Optional<String> onlyParent) {
        return filtered(
                new Filter(
                        filter.nameContains,
                        filter.created,
                        filter.modified,
                        filter.status,
                        onlyParent,
                        filter.nameStarts));
    }

    public Listing nameStarts(Optional<String> prefix) {
        return filtered(
                new Filter(
                        filter.nameContains,
                        filter.created,
                        filter.modified,
                        filter.status,
                        filter.parent,
                        prefix));
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
