package io.dormouse.artifact;

import io.dormouse.wire.s3.S3Error;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LifecycleRuleAndOperator;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.Tag;

/// Which objects a lifecycle rule is for: those that have all of it.
///
/// @param prefix of their keys; empty for all
/// @param tags that they have, among others
/// @param larger bytes that they have more than
/// @param smaller bytes that they have fewer than
record RuleFilter(
        String prefix, Map<String, String> tags, Optional<Long> larger, Optional<Long> smaller) {
    RuleFilter {
        tags = Map.copyOf(tags);
    }

    /// The filter of a rule, in its old form (`Prefix`) or the new one.
    ///
    /// @throws software.amazon.awssdk.services.s3.model.S3Exception where it has none, or one that
    ///   AWS refuses
    @SuppressWarnings("deprecation") // Prefix: clients still send it
    static RuleFilter of(LifecycleRule rule) {
        LifecycleRuleFilter filter = rule.filter();
        if ((filter == null) == (rule.prefix() == null)) {
            throw S3Error.MALFORMED_XML.error();
        }
        if (filter == null) {
            return new RuleFilter(rule.prefix(), Map.of(), Optional.empty(), Optional.empty());
        }
        long alone =
                Stream.of(
                                Optional.ofNullable(filter.prefix()),
                                Optional.ofNullable(filter.tag()),
                                Optional.ofNullable(filter.objectSizeGreaterThan()),
                                Optional.ofNullable(filter.objectSizeLessThan()),
                                Optional.ofNullable(filter.and()))
                        .filter(Optional::isPresent)
                        .count();
        if (alone > 1) {
            throw S3Error.MALFORMED_XML.error();
        }
        LifecycleRuleAndOperator and = filter.and();
        return and == null
                ? of(
                        Optional.ofNullable(filter.prefix()),
                        Optional.ofNullable(filter.tag()).stream().toList(),
                        Optional.ofNullable(filter.objectSizeGreaterThan()),
                        Optional.ofNullable(filter.objectSizeLessThan()))
                : of(and);
    }

    private static RuleFilter of(LifecycleRuleAndOperator and) {
        int members =
                and.tags().size()
                        + (and.prefix() == null ? 0 : 1)
                        + (and.objectSizeGreaterThan() == null ? 0 : 1)
                        + (and.objectSizeLessThan() == null ? 0 : 1);
        if (members < 2) {
            throw S3Error.MALFORMED_XML.error();
        }
        return of(
                Optional.ofNullable(and.prefix()),
                and.tags(),
                Optional.ofNullable(and.objectSizeGreaterThan()),
                Optional.ofNullable(and.objectSizeLessThan()));
    }

    private static RuleFilter of(
            Optional<String> prefix,
            List<Tag> tags,
            Optional<Long> larger,
            Optional<Long> smaller) {
        if (larger.isPresent() && smaller.isPresent() && smaller.get() <= larger.get() + 1) {
            throw S3Error.INVALID_REQUEST.error(
                    "'ObjectSizeLessThan' has to be a value greater than"
                            + " 'ObjectSizeGreaterThan'.");
        }
        Map<String, String> wanted = new HashMap<>();
        for (Tag tag : tags) {
            if (tag.key() == null || tag.value() == null) {
                throw S3Error.MALFORMED_XML.error();
            }
            if (wanted.put(tag.key(), tag.value()) != null) {
                throw S3Error.INVALID_REQUEST.error("Duplicate Tag Keys are not allowed.");
            }
        }
        return new RuleFilter(prefix.orElse(""), wanted, larger, smaller);
    }

    /// The part of it that the records are searched by.
    Selection narrowed(Selection wider) {
        List<Object> arguments = new ArrayList<>(wider.arguments());
        StringBuilder condition = new StringBuilder(wider.condition());
        if (!prefix.isEmpty()) {
            condition.append(" AND key >= ?");
            arguments.add(prefix);
            Listings.after(prefix)
                    .ifPresent(end -> {
                        condition.append(" AND key < ?");
                        arguments.add(end);
                    });
        }
        larger.ifPresent(bytes -> {
            condition.append(" AND bytes > ?");
            arguments.add(bytes);
        });
        smaller.ifPresent(bytes -> {
            condition.append(" AND bytes < ?");
            arguments.add(bytes);
        });
        return new Selection(condition.toString(), arguments);
    }

    boolean fits(Version version) {
        return version.key().startsWith(prefix)
                && larger.map(bytes -> version.bytes() > bytes).orElse(true)
                && smaller.map(bytes -> version.bytes() < bytes).orElse(true)
                && hasTags(version);
    }

    private boolean hasTags(Version version) {
        if (tags.isEmpty()) {
            return true;
        }
        Map<String, String> there = new HashMap<>();
        ObjectTags.parse(version.attributes().member("Tagging").orElse(""))
                .forEach(tag -> there.put(tag.key(), tag.value()));
        return there.entrySet().containsAll(tags.entrySet());
    }
}
