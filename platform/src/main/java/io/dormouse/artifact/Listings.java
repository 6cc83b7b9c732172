package io.dormouse.artifact;

import io.dormouse.store.Query;
import io.dormouse.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Pages of a bucket's keys. A key that has the delimiter after the prefix stands for all that
/// share its beginning: the listing seeks past them instead of reading them.
final class Listings {
    /// Rows read at a time: few where a common prefix may have the listing seek on at once.
    private static final int BATCH_MIN = 8;

    private static final int BATCH_MAX = 1001;

    /// What a page is to hold.
    ///
    /// @param delimiter empty for none
    /// @param afterKey where the last page ended: a key, or a common prefix
    /// @param afterSeq of the last version shown of that key; empty to begin after the key
    /// @param allVersions or only what keys mean now
    record Asked(
            String bucket,
            String prefix,
            String delimiter,
            String afterKey,
            Optional<Long> afterSeq,
            int max,
            boolean allVersions) {}

    /// One page: versions and common prefixes, and whether there are more.
    ///
    /// @param last the last key or common prefix
    /// @param lastVersion of that key; nothing for a common prefix
    record Page(
            List<Version> versions,
            List<String> prefixes,
            boolean isTruncated,
            String last,
            Optional<Version> lastVersion) {}

    private final Store store;

    Listings(Store store) {
        this.store = store;
    }

    Page page(Asked asked) {
        return store.read(query -> new Walk(query, asked).run());
    }

    /// The first text after all that begin with this one, in the order of UTF-8; nothing where
    /// there is none.
    static Optional<String> after(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            int start = end - Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                // Between U+D7FF and U+E000 lie the surrogates, which are no characters.
                int next =
                        last + 1 == Character.MIN_SURROGATE
                                ? Character.MAX_SURROGATE + 1
                                : last + 1;
                return Optional.of(prefix.substring(0, start) + Character.toString(next));
            }
            end = start;
        }
        return Optional.empty();
    }

    private static final class Walk {
        private final Query query;
        private final Asked asked;
        private final Optional<String> end;
        private final List<Version> versions = new ArrayList<>();
        private final List<String> prefixes = new ArrayList<>();
        private int batchSize;
        private String last = "";
        private Optional<Version> lastVersion = Optional.empty();

        Walk(Query query, Asked asked) {
            this.query = query;
            this.asked = asked;
            this.end = after(asked.prefix());
            this.batchSize = asked.delimiter().isEmpty() ? BATCH_MAX : BATCH_MIN;
        }

        Page run() {
            if (asked.max() == 0) {
                return page(false);
            }
            Cursor at = start();
            while (true) {
                List<Version> batch = batch(at);
                Optional<Cursor> seek = Optional.empty();
                for (Version version : batch) {
                    if (versions.size() + prefixes.size() == asked.max()) {
                        return page(true);
                    }
                    seek = take(version);
                    if (seek.isPresent()) {
                        break;
                    }
                }
                if (seek.isPresent()) {
                    at = seek.get();
                    batchSize = BATCH_MIN;
                } else if (batch.size() < batchSize) {
                    return page(false);
                } else {
                    batchSize = Math.min(batchSize * 4, BATCH_MAX);
                    Version previous = batch.getLast();
                    at = new Cursor(previous.key(), Optional.of(previous.seq()), false);
                }
                if (at.isEnd()) {
                    return page(false);
                }
            }
        }

        private Page page(boolean isTruncated) {
            return new Page(versions, prefixes, isTruncated, last, lastVersion);
        }

        /// Adds a version, or the common prefix that it stands for; then says where to go on.
        private Optional<Cursor> take(Version version) {
            Optional<String> common = common(version.key());
            if (common.isEmpty()) {
                versions.add(version);
                last = version.key();
                lastVersion = Optional.of(version);
                return Optional.empty();
            }
            prefixes.add(common.get());
            last = common.get();
            lastVersion = Optional.empty();
            return Optional.of(Cursor.past(common.get()));
        }

        private Optional<String> common(String key) {
            if (asked.delimiter().isEmpty()) {
                return Optional.empty();
            }
            int at = key.indexOf(asked.delimiter(), asked.prefix().length());
            return at < 0
                    ? Optional.empty()
                    : Optional.of(key.substring(0, at + asked.delimiter().length()));
        }

        private Cursor start() {
            String after = asked.afterKey();
            if (isBefore(after, asked.prefix())) {
                return new Cursor(asked.prefix(), Optional.empty(), true);
            }
            // A common prefix that was answered is passed with all that it stands for.
            Optional<String> common =
                    after.startsWith(asked.prefix()) ? common(after) : Optional.empty();
            return common.isPresent() && common.get().equals(after)
                    ? Cursor.past(after)
                    : new Cursor(after, asked.afterSeq(), false);
        }

        private static boolean isBefore(String one, String other) {
            return Arrays.compareUnsigned(
                            one.getBytes(StandardCharsets.UTF_8),
                            other.getBytes(StandardCharsets.UTF_8))
                    < 0;
        }

        private List<Version> batch(Cursor at) {
            StringBuilder sql = new StringBuilder(Catalog.VERSION).append("WHERE bucket = ?");
            List<Object> arguments = new ArrayList<>(List.of(asked.bucket()));
            if (at.seq().isPresent() && asked.allVersions()) {
                sql.append(" AND key >= ? AND (key > ? OR seq < ?)");
                arguments.addAll(List.of(at.key(), at.key(), at.seq().get()));
            } else {
                sql.append(at.isInclusive() ? " AND key >= ?" : " AND key > ?");
                arguments.add(at.key());
            }
            end.ifPresent(limit -> {
                sql.append(" AND key < ?");
                arguments.add(limit);
            });
            sql.append(
                    asked.allVersions()
                            ? " ORDER BY key, seq DESC LIMIT ?"
                            : " AND latest = 1 AND marker = 0 ORDER BY key LIMIT ?");
            arguments.add(batchSize);
            return query.list(sql.toString(), Catalog::version, arguments.toArray());
        }
    }

    /// Where a walk goes on.
    private record Cursor(String key, Optional<Long> seq, boolean isInclusive) {
        private static final String END = "";

        static Cursor past(String prefix) {
            return after(prefix)
                    .map(next -> new Cursor(next, Optional.empty(), true))
                    .orElse(new Cursor(END, Optional.empty(), true));
        }

        boolean isEnd() {
            return key.isEmpty() && isInclusive;
        }
    }
}
