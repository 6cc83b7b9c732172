package io.dormouse.events;

import io.dormouse.aws.Caller;
import io.dormouse.pattern.Patterns;
import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.StoreFailure;
import io.dormouse.timing.Alarms;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Target;
import tools.jackson.databind.JsonNode;

/// Makes orders of events: reads the change feed, takes what is put, and holds both against the
/// rules.
final class Dispatch implements AutoCloseable {
    private static final int BATCH = 100;
    private static final int HOPS_MAX = 5;
    private static final System.Logger LOG = System.getLogger("dormouse.events");

    private final EventRecords records;
    private final Patterns patterns = new Patterns();
    private final InstantSource clock;
    private final Caller owner;
    private final Deliveries deliveries;
    private final AtomicInteger wanted = new AtomicInteger();
    private volatile boolean closed;

    /// @param owner whose events they are where nothing else says
    Dispatch(EventRecords records, Told told, InstantSource clock, Alarms alarms, Caller owner) {
        this.records = records;
        this.clock = clock;
        this.owner = owner;
        this.deliveries = new Deliveries(records.store, told, this::put, clock, alarms);
    }

    /// Takes up what an earlier life left, and from now on what comes.
    void start() {
        records.store.onChange(this::wake);
        wake();
        deliveries.look();
    }

    Deliveries deliveries() {
        return deliveries;
    }

    /// Reads the feed soon, on a thread of its own, one at a time.
    private void wake() {
        if (wanted.getAndIncrement() == 0) {
            Thread.ofVirtual().name("events").start(this::drain);
        }
    }

    private void drain() {
        int seen;
        do {
            seen = wanted.get();
            try {
                while (!closed && take()) {}
            } catch (StoreFailure e) {
                // Closing, or the disk is full: the feed keeps what was not taken.
                LOG.log(System.Logger.Level.DEBUG, "The feed was not read", e);
            }
        } while (wanted.addAndGet(-seen) != 0);
    }

    /// Takes up some of the feed.
    ///
    /// @return whether there may be more
    private boolean take() {
        List<Store.Change> changes = records.store.changesAfter(0, BATCH);
        if (changes.isEmpty()) {
            return false;
        }
        List<Order> orders = new ArrayList<>();
        for (Store.Change change : changes) {
            orders.addAll(orders(RuleKey.DEFAULT_BUS, Event.of(change, owner), 0));
        }
        records.store.write(tx -> {
            deliveries.add(tx, orders);
            tx.consume(changes.getLast().seq());
            return true;
        });
        deliveries.look();
        return true;
    }

    /// Takes an event: returns when the orders that come of it are kept.
    void put(String bus, JsonNode event, int hops) {
        if (hops > HOPS_MAX) {
            LOG.log(System.Logger.Level.WARNING, "An event goes round in circles: " + event);
            return;
        }
        List<Order> orders = orders(bus, event, hops);
        if (!orders.isEmpty()) {
            records.store.write(tx -> {
                deliveries.add(tx, orders);
                return true;
            });
            deliveries.look();
        }
    }

    /// What is to be told of an event on a bus.
    private List<Order> orders(String bus, JsonNode event, int hops) {
        String text = event.toString();
        return records.store.read(query -> {
            List<Order> orders = new ArrayList<>();
            for (Entry<Timed<DescribeRuleResponse>> entry : records.rules.all(query)) {
                DescribeRuleResponse rule = entry.body().shape();
                if (entry.parent().equals(bus)
                        && rule.state() == RuleState.ENABLED
                        && rule.eventPattern() != null
                        && patterns.of(rule.eventPattern()).matches(text)) {
                    orders.addAll(orders(query, entry.name(), rule, event, hops));
                }
            }
            return orders;
        });
    }

    /// What a rule's targets are to be told of an event.
    List<Order> orders(
            Query query, String key, DescribeRuleResponse rule, JsonNode event, int hops) {
        Inputs.Origin origin =
                new Inputs.Origin(rule.arn(), rule.name(), clock.instant().toString());
        return records.targets(query, key).stream()
                .map(target -> order(rule, target, event, origin, hops))
                .toList();
    }

    private static Order order(
            DescribeRuleResponse rule,
            Target target,
            JsonNode event,
            Inputs.Origin origin,
            int hops) {
        var retry = Optional.ofNullable(target.retryPolicy());
        Order.Policy policy =
                Order.Policy.of(
                        retry.map(each -> each.maximumRetryAttempts()),
                        retry.map(each -> each.maximumEventAgeInSeconds()),
                        Optional.ofNullable(target.deadLetterConfig()).map(each -> each.arn()));
        return new Order(
                rule.arn(),
                target.arn(),
                Inputs.of(target, event, origin),
                event.toString(),
                Optional.ofNullable(target.sqsParameters())
                        .map(each -> each.messageGroupId())
                        .orElse(""),
                policy,
                hops);
    }

    Caller owner() {
        return owner;
    }

    Instant now() {
        return clock.instant();
    }

    @Override
    public void close() {
        closed = true;
        deliveries.close();
    }
}
