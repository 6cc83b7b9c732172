package io.dormouse.events;

import io.dormouse.store.Entry;
import io.dormouse.store.Page;
import io.dormouse.store.Tx;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.LimitExceededException;
import software.amazon.awssdk.services.eventbridge.model.ListRuleNamesByTargetRequest;
import software.amazon.awssdk.services.eventbridge.model.ListRuleNamesByTargetResponse;
import software.amazon.awssdk.services.eventbridge.model.ListTargetsByRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.ListTargetsByRuleResponse;
import software.amazon.awssdk.services.eventbridge.model.PutTargetsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutTargetsResponse;
import software.amazon.awssdk.services.eventbridge.model.RemoveTargetsRequest;
import software.amazon.awssdk.services.eventbridge.model.RemoveTargetsResponse;
import software.amazon.awssdk.services.eventbridge.model.RemoveTargetsResultEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;

/// Whom a rule tells.
///
/// AWS page:
/// [PutTargets](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html).
public final class RuleTargets implements EventBridgeClient {
    private static final int TARGETS_MAX = 5;

    private final EventRecords records;
    private final Told.Calls calls;
    private final InstantSource clock;

    RuleTargets(EventRecords records, Told.Calls calls, InstantSource clock) {
        this.records = records;
        this.calls = calls;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public PutTargetsResponse putTargets(PutTargetsRequest request) {
        RuleKey key = RuleKey.of(request.eventBusName(), request.rule());
        request.targets()
                .forEach(each -> {
                    check(each.arn(), calls);
                    Inputs.check(each);
                    Optional.ofNullable(each.deadLetterConfig())
                            .map(letters -> letters.arn())
                            .ifPresent(RuleTargets::checkQueue);
                });
        records.store.write(tx -> {
            records.rule(tx, key);
            request.targets().forEach(each -> put(tx, key.key(), each));
            if (records.targets.count(tx, key.key()) > TARGETS_MAX) {
                throw LimitExceededException.builder()
                        .message(
                                "The requested resource exceeds the maximum number allowed: a rule"
                                        + " has at most "
                                        + TARGETS_MAX
                                        + " targets.")
                        .build();
            }
            return true;
        });
        return PutTargetsResponse.builder().failedEntryCount(0).failedEntries(List.of()).build();
    }

    private void put(Tx tx, String rule, Target target) {
        Entry<Target> entry =
                Entry.of(rule + "/" + target.id(), clock.instant(), target).within(rule);
        if (!records.targets.insert(tx, entry)) {
            records.targets.update(tx, entry);
        }
    }

    /// Refuses what cannot be told here.
    static void check(String arn, Told.Calls calls) {
        if (Destination.of(arn) instanceof Destination.Call call
                && !calls.serves(call.service(), call.operation())) {
            throw EventErrors.invalid(
                    "There is no operation "
                            + call.operation()
                            + " of "
                            + call.service()
                            + " here (Arn: "
                            + arn
                            + "): docs/operations.md lists those that are served.");
        }
    }

    static void checkQueue(String arn) {
        if (!(Destination.of(arn) instanceof Destination.Queue)) {
            throw EventErrors.invalid(
                    "DeadLetterConfig: Arn must be that of an SQS queue, and is " + arn);
        }
    }

    @Override
    public ListTargetsByRuleResponse listTargetsByRule(ListTargetsByRuleRequest request) {
        RuleKey key = RuleKey.of(request.eventBusName(), request.rule());
        records.store.read(query -> records.rule(query, key));
        Page<Target> page =
                EventRecords.page(
                        records.targets,
                        Optional.of(key.key()),
                        "",
                        request.limit(),
                        request.nextToken());
        return ListTargetsByRuleResponse.builder()
                .targets(page.items())
                .nextToken(page.nextToken().orElse(null))
                .build();
    }

    @Override
    public RemoveTargetsResponse removeTargets(RemoveTargetsRequest request) {
        RuleKey key = RuleKey.of(request.eventBusName(), request.rule());
        List<RemoveTargetsResultEntry> failed =
                records.store.write(tx -> {
                    records.rule(tx, key);
                    return request.ids().stream()
                            .filter(id -> !records.targets.delete(tx, key.key() + "/" + id))
                            .map(RuleTargets::notThere)
                            .toList();
                });
        return RemoveTargetsResponse.builder()
                .failedEntryCount(failed.size())
                .failedEntries(failed)
                .build();
    }

    private static RemoveTargetsResultEntry notThere(String id) {
        return RemoveTargetsResultEntry.builder()
                .targetId(id)
                .errorCode("ResourceNotFoundException")
                .errorMessage("Target " + id + " does not exist.")
                .build();
    }

    @Override
    public ListRuleNamesByTargetResponse listRuleNamesByTarget(
            ListRuleNamesByTargetRequest request) {
        String bus = RuleKey.bus(request.eventBusName());
        List<String> names =
                records.store.read(query -> {
                    records.requireBus(query, bus);
                    return records.targets.all(query).stream()
                            .filter(each -> each.body().arn().equals(request.targetArn()))
                            .map(Entry::parent)
                            .filter(rule -> rule.startsWith(bus + "/"))
                            .map(rule -> rule.substring(bus.length() + 1))
                            .distinct()
                            .sorted()
                            .toList();
                });
        return ListRuleNamesByTargetResponse.builder().ruleNames(names).build();
    }
}
