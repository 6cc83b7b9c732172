package io.dormouse.identity;

import io.dormouse.aws.Shapes;
import io.dormouse.store.Codec;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.iam.model.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A role with its policies.
///
/// @param role its trust policy as it came, not encoded
/// @param inline documents by the name of the policy
/// @param attached ARNs of managed policies
record RoleState(Role role, SortedMap<String, String> inline, SortedSet<String> attached) {
    static final Codec<RoleState> CODEC = new Codec<>(RoleState::write, RoleState::read);

    RoleState {
        inline = Collections.unmodifiableSortedMap(new TreeMap<>(inline));
        attached = Collections.unmodifiableSortedSet(new TreeSet<>(attached));
    }

    static RoleState of(Role role) {
        return new RoleState(role, new TreeMap<>(), new TreeSet<>());
    }

    RoleState with(Role newRole) {
        return new RoleState(newRole, inline, attached);
    }

    RoleState withInline(String policy, String document) {
        TreeMap<String, String> more = new TreeMap<>(inline);
        more.put(policy, document);
        return new RoleState(role, more, attached);
    }

    RoleState withoutInline(String policy) {
        TreeMap<String, String> fewer = new TreeMap<>(inline);
        fewer.remove(policy);
        return new RoleState(role, fewer, attached);
    }

    RoleState attach(String policyArn) {
        TreeSet<String> more = new TreeSet<>(attached);
        more.add(policyArn);
        return new RoleState(role, inline, more);
    }

    RoleState detach(String policyArn) {
        TreeSet<String> fewer = new TreeSet<>(attached);
        fewer.remove(policyArn);
        return new RoleState(role, inline, fewer);
    }

    private static String write(RoleState state) {
        ObjectNode tree = JsonMapper.shared().createObjectNode();
        tree.put("role", Shapes.toJson(state.role));
        ObjectNode documents = tree.putObject("inline");
        state.inline.forEach(documents::put);
        state.attached.forEach(tree.putArray("attached")::add);
        return JsonMapper.shared().writeValueAsString(tree);
    }

    private static RoleState read(String text) {
        JsonNode tree = JsonMapper.shared().readTree(text);
        TreeMap<String, String> documents = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : tree.get("inline").properties()) {
            documents.put(each.getKey(), each.getValue().asString());
        }
        TreeSet<String> arns = new TreeSet<>();
        tree.get("attached").values().forEach(each -> arns.add(each.asString()));
        Role role = Shapes.fromJson(Role::builder, tree.get("role").asString());
        return new RoleState(role, documents, arns);
    }
}
