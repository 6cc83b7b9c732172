package io.dormouse.events;

import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.pattern.EventPattern;
import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.DeleteRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.DeleteRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.DescribeRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.DisableRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.DisableRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.EnableRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.EnableRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.ListRulesRequest;
import software.amazon.awssdk.services.eventbridge.model.ListRulesResponse;
import software.amazon.awssdk.services.eventbridge.model.PutRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.PutRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;

/// The rules.
///
/// AWS page:
/// [PutRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html).
public final class Rules implements EventBridgeClient {
    private final EventRecords records;
    private final Timers timers;
    private final InstantSource clock;

    Rules(EventRecords records, Timers timers, InstantSource clock) {
        this.records = records;
        this.timers = timers;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public PutRuleResponse putRule(PutRuleRequest request) {
        RuleKey key = RuleKey.of(request.eventBusName(), request.name());
        check(request, key);
        Instant now = clock.instant();
        DescribeRuleResponse rule =
                Shapes.like(DescribeRuleResponse.builder(), request)
                        .arn(key.arn())
                        .eventBusName(key.bus())
                        .state(Optional.ofNullable(request.state()).orElse(RuleState.ENABLED))
                        .createdBy(Caller.current().account())
                        .build();
        records.store.write(tx -> put(tx, key, rule, request, now));
        timers.plan();
        return PutRuleResponse.builder().ruleArn(rule.arn()).build();
    }

    private boolean put(
            Tx tx, RuleKey key, DescribeRuleResponse rule, PutRuleRequest request, Instant now) {
        records.requireBus(tx, key.bus());
        Optional<Entry<Timed<DescribeRuleResponse>>> old = records.rules.get(tx, key.key());
        if (old.isPresent()) {
            // As AWS: the tags of a rule that is there already are left.
            return records.rules.update(tx, old.get().now("", now, new Timed<>(rule, now)));
        }
        records.tags.put(tx, rule.arn(), EventTags.map(request.tags()));
        return records.rules.insert(
                tx, Entry.of(key.key(), now, new Timed<>(rule, now)).within(key.bus()));
    }

    private static void check(PutRuleRequest request, RuleKey key) {
        String pattern = request.eventPattern();
        String schedule = request.scheduleExpression();
        if (pattern == null && schedule == null) {
            throw EventErrors.invalid(
                    "Parameter(s) EventPattern or ScheduleExpression must be specified.");
        }
        if (pattern != null) {
            checkPattern(pattern);
        }
        if (schedule != null) {
            if (!key.bus().equals(RuleKey.DEFAULT_BUS)) {
                throw EventErrors.invalid(
                        "ScheduleExpression is supported only on the default event bus.");
            }
            try {
                RuleTimes.schedule(schedule, Instant.EPOCH);
            } catch (IllegalArgumentException e) {
                throw EventErrors.invalid(
                        "Parameter ScheduleExpression is not valid. Reason: " + e.getMessage());
            }
        }
    }

    static void checkPattern(String pattern) {
        EventPattern.problem(pattern)
                .ifPresent(problem -> {
                    throw InvalidEventPatternException.builder()
                            .message("Event pattern is not valid. Reason: " + problem)
                            .build();
                });
    }

    @Override
    public DescribeRuleResponse describeRule(DescribeRuleRequest request) {
        RuleKey key = RuleKey.of(request.eventBusName(), request.name());
        return records.store.read(query -> records.rule(query, key)).body().shape();
    }

    @Override
    public ListRulesResponse listRules(ListRulesRequest request) {
        String bus = RuleKey.bus(request.eventBusName());
        records.store.read(query -> {
            records.requireBus(query, bus);
            return true;
        });
        String prefix = Optional.ofNullable(request.namePrefix()).orElse("");
        Page<Timed<DescribeRuleResponse>> page =
                EventRecords.page(
                        records.rules,
                        Optional.of(bus),
                        bus + "/" + prefix,
                        request.limit(),
                        request.nextToken());
        List<Rule> rules =
                page.items().stream()
                        .map(each -> Shapes.like(Rule.builder(), each.shape()).build())
                        .toList();
        return ListRulesResponse.builder()
                .rules(rules)
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public EnableRuleResponse enableRule(EnableRuleRequest request) {
        set(RuleKey.of(request.eventBusName(), request.name()), RuleState.ENABLED);
        return EnableRuleResponse.builder().build();
    }

    @Override
    public DisableRuleResponse disableRule(DisableRuleRequest request) {
        set(RuleKey.of(request.eventBusName(), request.name()), RuleState.DISABLED);
        return DisableRuleResponse.builder().build();
    }

    private void set(RuleKey key, RuleState state) {
        Instant now = clock.instant();
        records.store.write(tx -> {
            Entry<Timed<DescribeRuleResponse>> entry = records.rule(tx, key);
            DescribeRuleResponse rule = entry.body().shape().toBuilder().state(state).build();
            // What fell into the time that it was disabled in is not made up for.
            return records.rules.update(tx, entry.now("", now, new Timed<>(rule, now)));
        });
        timers.plan();
    }

    @Override
    public DeleteRuleResponse deleteRule(DeleteRuleRequest request) {
        RuleKey key = RuleKey.of(request.eventBusName(), request.name());
        records.store.write(tx -> {
            records.requireBus(tx, key.bus());
            if (records.targets.count(tx, key.key()) > 0) {
                throw EventErrors.invalid("Rule can't be deleted since it has targets.");
            }
            records.tags.removeAll(tx, key.arn());
            return records.rules.delete(tx, key.key());
        });
        timers.plan();
        return DeleteRuleResponse.builder().build();
    }
}
