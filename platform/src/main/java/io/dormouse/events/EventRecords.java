package io.dormouse.events;

import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Listing;
import io.dormouse.store.Page;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.eventbridge.model.DescribeEventBusResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;

/// What this room keeps.
final class EventRecords {
    private static final int PAGE_MAX = 100;

    final Store store;
    final Tags tags;
    final Records<DescribeEventBusResponse> buses;

    /// By [RuleKey#key], the bus as parent.
    final Records<Timed<DescribeRuleResponse>> rules;

    /// By the rule's key and the target's id, the rule's key as parent.
    final Records<Target> targets;

    final Records<Timed<GetScheduleResponse>> schedules;

    EventRecords(Store store, Tags tags) {
        this.store = store;
        this.tags = tags;
        buses = new Records<>(store, "event-bus", Codec.shape(DescribeEventBusResponse::builder));
        rules = new Records<>(store, "event-rule", Timed.codec(DescribeRuleResponse::builder));
        targets = new Records<>(store, "event-target", Codec.shape(Target::builder));
        schedules = new Records<>(store, "schedule", Timed.codec(GetScheduleResponse::builder));
    }

    boolean hasBus(Query query, String name) {
        return name.equals(RuleKey.DEFAULT_BUS) || buses.get(query, name).isPresent();
    }

    void requireBus(Query query, String name) {
        if (!hasBus(query, name)) {
            throw EventErrors.noBus(name);
        }
    }

    /// The rule.
    ///
    /// @throws software.amazon.awssdk.services.eventbridge.model.ResourceNotFoundException where
    ///   there is none, or no such bus
    Entry<Timed<DescribeRuleResponse>> rule(Query query, RuleKey key) {
        requireBus(query, key.bus());
        return rules.get(query, key.key()).orElseThrow(() -> EventErrors.noRule(key));
    }

    List<Target> targets(Query query, String ruleKey) {
        return targets.all(query).stream()
                .filter(each -> each.parent().equals(ruleKey))
                .map(Entry::body)
                .toList();
    }

    /// A page in the order of names.
    ///
    /// @param parent what they belong to; empty for all
    /// @param prefix of their keys
    /// @param limit null for as many as a page may have, as the SDK's getter says it
    static <T> Page<T> page(
            Records<T> records,
            Optional<String> parent,
            String prefix,
            @Nullable Integer limit,
            @Nullable String token) {
        return records.page(
                        Listing.all()
                                .within(parent)
                                .nameStarts(Optional.of(prefix).filter(text -> !text.isEmpty()))
                                .order(Listing.By.NAME, true)
                                .page(limit == null ? PAGE_MAX : limit, Optional.ofNullable(token)))
                .map(Entry::body);
    }
}
