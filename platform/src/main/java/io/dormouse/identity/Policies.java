package io.dormouse.identity;

import io.dormouse.aws.Caller;
import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import io.dormouse.store.Records;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.AttachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.CreatePolicyRequest;
import software.amazon.awssdk.services.iam.model.CreatePolicyResponse;
import software.amazon.awssdk.services.iam.model.DeletePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeletePolicyResponse;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DetachRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionResponse;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListPoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListPoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListPolicyVersionsRequest;
import software.amazon.awssdk.services.iam.model.ListPolicyVersionsResponse;
import software.amazon.awssdk.services.iam.model.Policy;
import software.amazon.awssdk.services.iam.model.PolicyScopeType;
import software.amazon.awssdk.services.iam.model.PolicyVersion;
import software.amazon.awssdk.services.iam.model.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// IAM's managed policies, and which role has which attached.
///
/// AWS's own policies (`arn:aws:iam::aws:policy/…`) may be attached by any name; what they say is
/// not kept here. A policy has one version, `v1`.
public final class Policies implements IamClient {
    private static final String VERSION = "v1";
    private static final Pattern AWS_OWN = Pattern.compile("arn:aws[\\w-]*:iam::aws:policy(/.+)");

    private record PolicyState(Policy policy, String document) {
        private static final Codec<PolicyState> CODEC =
                new Codec<>(PolicyState::write, PolicyState::read);

        private static String write(PolicyState state) {
            return JsonMapper.shared()
                    .writeValueAsString(
                            JsonMapper.shared()
                                    .createObjectNode()
                                    .put("policy", Shapes.toJson(state.policy))
                                    .put("document", state.document));
        }

        private static PolicyState read(String text) {
            JsonNode tree = JsonMapper.shared().readTree(text);
            return new PolicyState(
                    Shapes.fromJson(Policy::builder, tree.get("policy").asString()),
                    tree.get("document").asString());
        }
    }

    private final Store store;
    private final InstantSource clock;
    private final Tags tags;
    private final RoleRecords roles;
    private final Records<PolicyState> records;

    public Policies(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.tags = new Tags(store);
        this.roles = new RoleRecords(store);
        this.records = new Records<>(store, "iam-policy", PolicyState.CODEC);
    }

    /// [CreatePolicy](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html)
    @Override
    public CreatePolicyResponse createPolicy(CreatePolicyRequest request) {
        String path = request.path() == null ? "/" : request.path();
        String account = Caller.current().account();
        String arn = "arn:aws:iam::" + account + ":policy" + path + request.policyName();
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Policy policy =
                Policy.builder()
                        .policyName(request.policyName())
                        .policyId(Ids.unique(Ids.POLICY))
                        .arn(arn)
                        .path(path)
                        .defaultVersionId(VERSION)
                        .isAttachable(true)
                        .permissionsBoundaryUsageCount(0)
                        .description(request.description())
                        .createDate(now)
                        .updateDate(now)
                        .build();
        String document = PolicyDocument.permissions(request.policyDocument());
        Map<String, String> map = new LinkedHashMap<>();
        request.tags().forEach(tag -> map.put(tag.key(), tag.value()));
        return store.write(tx -> {
            Entry<PolicyState> entry = Entry.of(arn, now, new PolicyState(policy, document));
            if (!records.insert(tx, entry)) {
                throw IamErrors.exists(
                        "A policy called "
                                + request.policyName()
                                + " already exists. Duplicate names are not allowed.");
            }
            tags.put(tx, arn, map);
            return CreatePolicyResponse.builder()
                    .policy(policy.toBuilder().attachmentCount(0).build())
                    .build();
        });
    }

    private PolicyState get(Query query, String arn) {
        return records.get(query, arn).orElseThrow(() -> absent(arn)).body();
    }

    private static RuntimeException absent(String arn) {
        return IamErrors.noSuchEntity("Policy " + arn + " was not found.");
    }

    /// How many roles have a policy.
    private int attachments(Query query, String arn) {
        return (int)
                roles.all(query).stream().filter(role -> role.attached().contains(arn)).count();
    }

    @Override
    public GetPolicyResponse getPolicy(GetPolicyRequest request) {
        String arn = request.policyArn();
        Policy policy = awsOwn(arn).orElseGet(() -> store.read(query -> get(query, arn)).policy());
        Policy.Builder shape =
                policy.toBuilder().attachmentCount(store.read(query -> attachments(query, arn)));
        List<Tag> list =
                tags.of(arn).entrySet().stream()
                        .map(each ->
                                Tag.builder().key(each.getKey()).value(each.getValue()).build())
                        .toList();
        if (!list.isEmpty()) {
            shape.tags(list);
        }
        return GetPolicyResponse.builder().policy(shape.build()).build();
    }

    /// What is known of one of AWS's own policies: its name.
    private static Optional<Policy> awsOwn(String arn) {
        var matcher = AWS_OWN.matcher(arn);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String path = matcher.group(1).substring(0, matcher.group(1).lastIndexOf('/') + 1);
        return Optional.of(
                Policy.builder()
                        .policyName(name(arn))
                        .policyId(Ids.unique(Ids.POLICY, arn))
                        .arn(arn)
                        .path(path)
                        .defaultVersionId(VERSION)
                        .isAttachable(true)
                        .permissionsBoundaryUsageCount(0)
                        .build());
    }

    private static String name(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    /// [ListPolicies](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html):
    /// this account's own, and of AWS's those that are attached.
    @Override
    public ListPoliciesResponse listPolicies(ListPoliciesRequest request) {
        String prefix = request.pathPrefix() == null ? "/" : request.pathPrefix();
        PolicyScopeType scope = request.scope() == null ? PolicyScopeType.ALL : request.scope();
        Map<String, Integer> attached = new LinkedHashMap<>();
        roles.all()
                .forEach(role ->
                        role.attached().forEach(arn -> attached.merge(arn, 1, Integer::sum)));
        List<Policy> all = new ArrayList<>();
        if (scope != PolicyScopeType.AWS) {
            records.all().forEach(entry -> all.add(entry.body().policy()));
        }
        if (scope != PolicyScopeType.LOCAL) {
            attached.keySet().forEach(arn -> awsOwn(arn).ifPresent(all::add));
        }
        boolean onlyAttached = Boolean.TRUE.equals(request.onlyAttached());
        List<Policy> chosen =
                all.stream()
                        .filter(policy -> policy.path().startsWith(prefix))
                        .filter(policy -> !onlyAttached || attached.containsKey(policy.arn()))
                        .sorted(Comparator.comparing(Policy::arn))
                        .map(policy ->
                                policy.toBuilder()
                                        .attachmentCount(attached.getOrDefault(policy.arn(), 0))
                                        .build())
                        .toList();
        Marked<Policy> page = Marked.of(chosen, Policy::arn, request.marker(), request.maxItems());
        return ListPoliciesResponse.builder()
                .policies(page.items())
                .isTruncated(page.isTruncated())
                .marker(page.marker())
                .build();
    }

    @Override
    public GetPolicyVersionResponse getPolicyVersion(GetPolicyVersionRequest request) {
        PolicyState state = store.read(query -> get(query, request.policyArn()));
        if (!request.versionId().equals(VERSION)) {
            throw IamErrors.noSuchEntity(
                    "Policy "
                            + request.policyArn()
                            + " version "
                            + request.versionId()
                            + " does not exist or is not attachable.");
        }
        return GetPolicyVersionResponse.builder()
                .policyVersion(
                        version(state).toBuilder()
                                .document(PolicyDocument.encoded(state.document()))
                                .build())
                .build();
    }

    @Override
    public ListPolicyVersionsResponse listPolicyVersions(ListPolicyVersionsRequest request) {
        PolicyState state = store.read(query -> get(query, request.policyArn()));
        return ListPolicyVersionsResponse.builder()
                .versions(version(state))
                .isTruncated(false)
                .build();
    }

    private static PolicyVersion version(PolicyState state) {
        return PolicyVersion.builder()
                .versionId(VERSION)
                .isDefaultVersion(true)
                .createDate(state.policy().createDate())
                .build();
    }

    @Override
    public DeletePolicyResponse deletePolicy(DeletePolicyRequest request) {
        String arn = request.policyArn();
        return store.write(tx -> {
            get(tx, arn);
            if (attachments(tx, arn) > 0) {
                throw IamErrors.conflict("Cannot delete a policy attached to entities.");
            }
            records.delete(tx, arn);
            tags.removeAll(tx, arn);
            return DeletePolicyResponse.builder().build();
        });
    }

    @Override
    public AttachRolePolicyResponse attachRolePolicy(AttachRolePolicyRequest request) {
        String arn = request.policyArn();
        return store.write(tx -> {
            roles.get(tx, request.roleName());
            if (!AWS_OWN.matcher(arn).matches() && records.get(tx, arn).isEmpty()) {
                throw IamErrors.noSuchEntity(
                        "Policy " + arn + " does not exist or is not attachable.");
            }
            roles.change(tx, request.roleName(), state -> state.attach(arn));
            return AttachRolePolicyResponse.builder().build();
        });
    }

    @Override
    public DetachRolePolicyResponse detachRolePolicy(DetachRolePolicyRequest request) {
        String arn = request.policyArn();
        roles.change(
                request.roleName(),
                state -> {
                    if (!state.attached().contains(arn)) {
                        throw absent(arn);
                    }
                    return state.detach(arn);
                });
        return DetachRolePolicyResponse.builder().build();
    }

    @Override
    public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
            ListAttachedRolePoliciesRequest request) {
        List<AttachedPolicy> all =
                roles.get(request.roleName()).attached().stream()
                        .map(arn ->
                                AttachedPolicy.builder()
                                        .policyArn(arn)
                                        .policyName(name(arn))
                                        .build())
                        .toList();
        Marked<AttachedPolicy> page =
                Marked.of(all, AttachedPolicy::policyArn, request.marker(), request.maxItems());
        return ListAttachedRolePoliciesResponse.builder()
                .attachedPolicies(page.items())
                .isTruncated(page.isTruncated())
                .marker(page.marker())
                .build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
