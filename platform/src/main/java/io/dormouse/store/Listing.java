package io.dormouse.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/// What a List operation asks for: AWS's filters, order and page, the same for every kind.
///
/// @param parent only entries with this parent: [#ANY_PARENT] for any, an empty one for none
/// @param maxResults at most this many in a page
/// @param nextToken where the last page ended
public record Listing(
        Optional<String> nameContains,
        Optional<Instant> createdAfter,
        Optional<Instant> createdBefore,
        Optional<Instant> modifiedAfter,
        Optional<Instant> modifiedBefore,
        Optional<String> status,
        Optional<String> parent,
        By by,
        boolean ascending,
        int maxResults,
        Optional<String> nextToken) {
    /// A parent that stands for all: only entries that have one.
    public static final String ANY_PARENT = "*";

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

    public Listing {
        Objects.requireNonNull(by);
        if (maxResults < 1) {
            throw new IllegalArgumentException("maxResults must be at least 1");
        }
    }

    /// Everything, newest first, ten in a page: AWS's usual default.
    public static Listing all() {
        Optional<Instant> anyTime = Optional.empty();
        Optional<String> any = Optional.empty();
        return new Listing(
                any, anyTime, anyTime, anyTime, anyTime, any, any, By.CREATED, false, 10, any);
    }

    public Listing nameContains(Optional<String> text) {
        return new Listing(
                text,
                createdAfter,
                createdBefore,
                modifiedAfter,
                modifiedBefore,
                status,
                parent,
                by,
                ascending,
                maxResults,
                nextToken);
    }

    public Listing created(Optional<Instant> after, Optional<Instant> before) {
        return new Listing(
                nameContains,
                after,
                before,
                modifiedAfter,
                modifiedBefore,
                status,
                parent,
                by,
                ascending,
                maxResults,
                nextToken);
    }

    public Listing modified(Optional<Instant> after, Optional<Instant> before) {
        return new Listing(
                nameContains,
                createdAfter,
                createdBefore,
                after,
                before,
                status,
                parent,
                by,
                ascending,
                maxResults,
                nextToken);
    }

    public Listing status(Optional<String> equal) {
        return new Listing(
                nameContains,
                createdAfter,
                createdBefore,
                modifiedAfter,
                modifiedBefore,
                equal,
                parent,
                by,
                ascending,
                maxResults,
                nextToken);
    }

    public Listing within(Optional<String> onlyParent) {
        return new Listing(
                nameContains,
                createdAfter,
                createdBefore,
                modifiedAfter,
                modifiedBefore,
                status,
                onlyParent,
                by,
                ascending,
                maxResults,
                nextToken);
    }

    public Listing order(By column, boolean isAscending) {
        return new Listing(
                nameContains,
                createdAfter,
                createdBefore,
                modifiedAfter,
                modifiedBefore,
                status,
                parent,
                column,
                isAscending,
                maxResults,
                nextToken);
    }

    public Listing page(int size, Optional<String> token) {
        return new Listing(
                nameContains,
                createdAfter,
                createdBefore,
                modifiedAfter,
                modifiedBefore,
                status,
                parent,
                by,
                ascending,
                size,
                token);
    }
}
