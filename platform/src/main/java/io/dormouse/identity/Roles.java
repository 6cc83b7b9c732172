package io.dormouse.identity;

import io.dormouse.aws.Caller;
import io.dormouse.store.Query;
import io.dormouse.store.Store;
import io.dormouse.store.Tags;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.CreateRoleRequest;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.DeleteRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.DeleteRoleRequest;
import software.amazon.awssdk.services.iam.model.DeleteRoleResponse;
import software.amazon.awssdk.services.iam.model.GetRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.GetRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleRequest;
import software.amazon.awssdk.services.iam.model.ListInstanceProfilesForRoleResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListRoleTagsRequest;
import software.amazon.awssdk.services.iam.model.ListRoleTagsResponse;
import software.amazon.awssdk.services.iam.model.ListRolesRequest;
import software.amazon.awssdk.services.iam.model.ListRolesResponse;
import software.amazon.awssdk.services.iam.model.PutRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.PutRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.iam.model.TagRoleRequest;
import software.amazon.awssdk.services.iam.model.TagRoleResponse;
import software.amazon.awssdk.services.iam.model.UntagRoleRequest;
import software.amazon.awssdk.services.iam.model.UntagRoleResponse;
import software.amazon.awssdk.services.iam.model.UpdateAssumeRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.UpdateAssumeRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.UpdateRoleDescriptionRequest;
import software.amazon.awssdk.services.iam.model.UpdateRoleDescriptionResponse;
import software.amazon.awssdk.services.iam.model.UpdateRoleRequest;
import software.amazon.awssdk.services.iam.model.UpdateRoleResponse;

/// IAM's roles: their trust policies, their inline policies and their tags.
///
/// [Policies] are attached to them, [Sts] lets them be assumed. Kept and given back; not enforced.
public final class Roles implements IamClient {
    private static final int SESSION_SECONDS_DEFAULT = 3600;

    private final Store store;
    private final InstantSource clock;
    private final Tags tags;
    private final RoleRecords records;

    public Roles(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.tags = new Tags(store);
        this.records = new RoleRecords(store);
    }

    /// A role of that name.
    Optional<Role> find(String name) {
        return records.find(name).map(RoleState::role);
    }

    /// [CreateRole](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html)
    @Override
    public CreateRoleResponse createRole(CreateRoleRequest request) {
        String name = request.roleName();
        String path = request.path() == null ? "/" : request.path();
        Integer seconds = request.maxSessionDuration();
        Role.Builder role =
                Role.builder()
                        .path(path)
                        .roleName(name)
                        .roleId(Ids.unique(Ids.ROLE))
                        .arn("arn:aws:iam::" + Caller.current().account() + ":role" + path + name)
                        .createDate(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                        .assumeRolePolicyDocument(
                                PolicyDocument.trust(request.assumeRolePolicyDocument()))
                        .description(request.description())
                        .maxSessionDuration(seconds == null ? SESSION_SECONDS_DEFAULT : seconds);
        if (request.permissionsBoundary() != null) {
            role.permissionsBoundary(boundary ->
                    boundary.permissionsBoundaryType("Policy")
                            .permissionsBoundaryArn(request.permissionsBoundary()));
        }
        RoleState state = RoleState.of(role.build());
        return store.write(tx -> {
            if (!records.insert(tx, state)) {
                throw IamErrors.exists("Role with name " + name + " already exists.");
            }
            tags.put(tx, state.role().arn(), map(request.tags()));
            return CreateRoleResponse.builder().role(shape(tx, state)).build();
        });
    }

    /// The role as an answer shows it.
    private Role shape(Query query, RoleState state) {
        List<Tag> list = list(tags.of(query, state.role().arn()));
        Role.Builder shape = encoded(state.role()).toBuilder();
        return list.isEmpty() ? shape.build() : shape.tags(list).build();
    }

    private static Role encoded(Role role) {
        String document = PolicyDocument.encoded(role.assumeRolePolicyDocument());
        return role.toBuilder().assumeRolePolicyDocument(document).build();
    }

    private static Map<String, String> map(Collection<Tag> list) {
        Map<String, String> map = new LinkedHashMap<>();
        list.forEach(tag -> map.put(tag.key(), tag.value()));
        return map;
    }

    private static List<Tag> list(Map<String, String> map) {
        return map.entrySet().stream()
                .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
                .toList();
    }

    @Override
    public GetRoleResponse getRole(GetRoleRequest request) {
        return store.read(query ->
                GetRoleResponse.builder()
                        .role(shape(query, records.get(query, request.roleName())))
                        .build());
    }

    /// [ListRoles](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html): without
    /// tags, as in AWS.
    @Override
    public ListRolesResponse listRoles(ListRolesRequest request) {
        String prefix = request.pathPrefix() == null ? "/" : request.pathPrefix();
        List<Role> all =
                records.all().stream()
                        .map(RoleState::role)
                        .filter(role -> role.path().startsWith(prefix))
                        .map(Roles::encoded)
                        .toList();
        Marked<Role> page = Marked.of(all, Role::roleName, request.marker(), request.maxItems());
        return ListRolesResponse.builder()
                .roles(page.items())
                .isTruncated(page.isTruncated())
                .marker(page.marker())
                .build();
    }

    @Override
    public DeleteRoleResponse deleteRole(DeleteRoleRequest request) {
        return store.write(tx -> {
            RoleState state = records.get(tx, request.roleName());
            if (!state.attached().isEmpty()) {
                throw IamErrors.conflict("Cannot delete entity, must detach all policies first.");
            }
            if (!state.inline().isEmpty()) {
                throw IamErrors.conflict("Cannot delete entity, must delete policies first.");
            }
            records.delete(tx, request.roleName());
            tags.removeAll(tx, state.role().arn());
            return DeleteRoleResponse.builder().build();
        });
    }

    @Override
    public UpdateRoleResponse updateRole(UpdateRoleRequest request) {
        records.change(
                request.roleName(),
                state -> {
                    Role.Builder role = state.role().toBuilder();
                    if (request.description() != null) {
                        role.description(request.description());
                    }
                    if (request.maxSessionDuration() != null) {
                        role.maxSessionDuration(request.maxSessionDuration());
                    }
                    return state.with(role.build());
                });
        return UpdateRoleResponse.builder().build();
    }

    @Override
    public UpdateRoleDescriptionResponse updateRoleDescription(
            UpdateRoleDescriptionRequest request) {
        return store.write(tx -> {
            RoleState changed =
                    records.change(
                            tx,
                            request.roleName(),
                            state ->
                                    state.with(
                                            state.role().toBuilder()
                                                    .description(request.description())
                                                    .build()));
            return UpdateRoleDescriptionResponse.builder().role(shape(tx, changed)).build();
        });
    }

    @Override
    public UpdateAssumeRolePolicyResponse updateAssumeRolePolicy(
            UpdateAssumeRolePolicyRequest request) {
        String document = PolicyDocument.trust(request.policyDocument());
        records.change(
                request.roleName(),
                state ->
                        state.with(
                                state.role().toBuilder()
                                        .assumeRolePolicyDocument(document)
                                        .build()));
        return UpdateAssumeRolePolicyResponse.builder().build();
    }

    @Override
    public PutRolePolicyResponse putRolePolicy(PutRolePolicyRequest request) {
        String document = PolicyDocument.permissions(request.policyDocument());
        records.change(
                request.roleName(), state -> state.withInline(request.policyName(), document));
        return PutRolePolicyResponse.builder().build();
    }

    @Override
    public GetRolePolicyResponse getRolePolicy(GetRolePolicyRequest request) {
        RoleState state = records.get(request.roleName());
        return GetRolePolicyResponse.builder()
                .roleName(request.roleName())
                .policyName(request.policyName())
                .policyDocument(PolicyDocument.encoded(inline(state, request.policyName())))
                .build();
    }

    private static String inline(RoleState state, String policy) {
        String document = state.inline().get(policy);
        if (document == null) {
            throw IamErrors.noSuchEntity(
                    "The role policy with name " + policy + " cannot be found.");
        }
        return document;
    }

    @Override
    public ListRolePoliciesResponse listRolePolicies(ListRolePoliciesRequest request) {
        List<String> all = List.copyOf(records.get(request.roleName()).inline().keySet());
        Marked<String> page = Marked.of(all, name -> name, request.marker(), request.maxItems());
        return ListRolePoliciesResponse.builder()
                .policyNames(page.items())
                .isTruncated(page.isTruncated())
                .marker(page.marker())
                .build();
    }

    @Override
    public DeleteRolePolicyResponse deleteRolePolicy(DeleteRolePolicyRequest request) {
        records.change(
                request.roleName(),
                state -> {
                    inline(state, request.policyName());
                    return state.withoutInline(request.policyName());
                });
        return DeleteRolePolicyResponse.builder().build();
    }

    @Override
    public TagRoleResponse tagRole(TagRoleRequest request) {
        return store.write(tx -> {
            Role role = records.get(tx, request.roleName()).role();
            tags.put(tx, role.arn(), map(request.tags()));
            return TagRoleResponse.builder().build();
        });
    }

    @Override
    public UntagRoleResponse untagRole(UntagRoleRequest request) {
        return store.write(tx -> {
            Role role = records.get(tx, request.roleName()).role();
            tags.remove(tx, role.arn(), request.tagKeys());
            return UntagRoleResponse.builder().build();
        });
    }

    @Override
    public ListRoleTagsResponse listRoleTags(ListRoleTagsRequest request) {
        List<Tag> all = list(tags.of(records.get(request.roleName()).role().arn()));
        Marked<Tag> page = Marked.of(all, Tag::key, request.marker(), request.maxItems());
        return ListRoleTagsResponse.builder()
                .tags(page.items())
                .isTruncated(page.isTruncated())
                .marker(page.marker())
                .build();
    }

    /// Clients ask before they delete a role; there are no instance profiles here.
    @Override
    public ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
            ListInstanceProfilesForRoleRequest request) {
        records.get(request.roleName());
        return ListInstanceProfilesForRoleResponse.builder()
                .instanceProfiles(List.of())
                .isTruncated(false)
                .build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
