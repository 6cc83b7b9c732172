package io.dormouse.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.store.Store;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.Policy;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationDecisionType;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;

class IdentityTest {
    private static final Caller OWNER = Caller.root(Caller.DEFAULT_ACCOUNT, Caller.DEFAULT_REGION);
    private static final String TRUST =
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\","
                    + " \"Principal\": {\"Service\": \"sagemaker.amazonaws.com\"},"
                    + " \"Action\": \"sts:AssumeRole\"}]}";
    private static final String READ =
            "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
                    + " \"Action\": [\"s3:Get*\", \"s3:List~\"], \"Resource\": \"*\"}}";
    private static final String FULL_ACCESS =
            "arn:aws:iam::aws:policy/service-role/AmazonSageMakerFullAccess";

    @TempDir Path folder;
    private Instant now = Instant.parse("2026-03-02T10:00:00.250Z");
    private final InstantSource clock = () -> now;
    private Store store;
    private AccessKeys keys;
    private Roles roles;
    private Policies policies;
    private Principals principals;
    private Sts sts;

    @BeforeEach
    void open() {
        store = Store.open(folder, clock, List.of(AccessKeys.SCHEMA));
        keys = new AccessKeys(store, clock, OWNER, Map.of("AKIDEXAMPLE", "secret"));
        roles = new Roles(store, clock);
        policies = new Policies(store, clock);
        principals = new Principals(store, clock);
        sts = new Sts(keys, roles);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private Role create(String name) {
        return roles.createRole(r -> r.roleName(name).assumeRolePolicyDocument(TRUST)).role();
    }

    private static void refused(String code, int status, String message, Runnable call) {
        var error = assertThrows(AwsServiceException.class, call::run);
        assertEquals(code, error.awsErrorDetails().errorCode());
        assertEquals(status, error.statusCode());
        assertEquals(message, error.awsErrorDetails().errorMessage());
    }

    private static String decoded(String document) {
        assertFalse(document.contains("+") || document.contains("*") || document.contains(" "));
        return URLDecoder.decode(document, StandardCharsets.UTF_8);
    }

    @Test
    void aRoleIsKeptWithAllThatItWasMadeOf() {
        Role made =
                roles.createRole(r ->
                                r.roleName("trainer")
                                        .path("/ml/")
                                        .description("trains")
                                        .assumeRolePolicyDocument(TRUST)
                                        .tags(Tag.builder().key("team").value("ml").build()))
                        .role();
        assertEquals("arn:aws:iam::123456789012:role/ml/trainer", made.arn());
        assertTrue(made.roleId().matches("AROA[A-Z2-7]{17}"), made.roleId());
        reopen();
        Role role = roles.getRole(r -> r.roleName("trainer")).role();
        assertEquals(made, role);
        assertEquals(TRUST, decoded(role.assumeRolePolicyDocument()));
        assertEquals(3600, role.maxSessionDuration());
        assertEquals("ml", role.tags().getFirst().value());
    }

    @Test
    void rolesAreListedInPagesByPath() {
        for (String name : List.of("c", "a", "b")) {
            create(name);
        }
        roles.createRole(r -> r.roleName("d").path("/ml/").assumeRolePolicyDocument(TRUST));
        assertEquals(
                List.of("a", "b", "c", "d"),
                roles.listRolesPaginator(r -> r.maxItems(2)).roles().stream()
                        .map(Role::roleName)
                        .toList());
        var first = roles.listRoles(r -> r.maxItems(2));
        assertTrue(first.isTruncated());
        assertEquals(
                List.of("d"),
                roles.listRoles(r -> r.pathPrefix("/ml/")).roles().stream()
                        .map(Role::roleName)
                        .toList());
        assertFalse(roles.listRoles().isTruncated());
    }

    @Test
    void errorsAreAwsOwn() {
        create("one");
        refused(
                "EntityAlreadyExists",
                409,
                "Role with name one already exists.",
                () -> create("one"));
        refused(
                "NoSuchEntity",
                404,
                "The role with name two cannot be found.",
                () -> roles.getRole(r -> r.roleName("two")));
        refused(
                "NoSuchEntity",
                404,
                "The role policy with name p cannot be found.",
                () -> roles.getRolePolicy(r -> r.roleName("one").policyName("p")));
        String noPrincipal = READ;
        refused(
                "MalformedPolicyDocument",
                400,
                "Has prohibited field Resource",
                () -> roles.createRole(r -> r.roleName("x").assumeRolePolicyDocument(noPrincipal)));
        refused(
                "MalformedPolicyDocument",
                400,
                "Policy document should not specify a principal.",
                () ->
                        roles.putRolePolicy(
                                r -> r.roleName("one").policyName("p").policyDocument(TRUST)));
        var json =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                roles.createRole(
                                        r -> r.roleName("x").assumeRolePolicyDocument("{oops")));
        assertEquals("MalformedPolicyDocument", json.awsErrorDetails().errorCode());
    }

    @Test
    void aRoleIsChanged() {
        create("one");
        roles.updateRole(r -> r.roleName("one").description("new").maxSessionDuration(7200));
        String other = TRUST.replace("sagemaker", "lambda");
        roles.updateAssumeRolePolicy(r -> r.roleName("one").policyDocument(other));
        roles.tagRole(r ->
                r.roleName("one")
                        .tags(
                                Tag.builder().key("a").value("1").build(),
                                Tag.builder().key("b").value("2").build()));
        roles.untagRole(r -> r.roleName("one").tagKeys("a"));
        reopen();
        Role role = roles.getRole(r -> r.roleName("one")).role();
        assertEquals("new", role.description());
        assertEquals(7200, role.maxSessionDuration());
        assertEquals(other, decoded(role.assumeRolePolicyDocument()));
        assertEquals(
                List.of("b"),
                roles.listRoleTags(r -> r.roleName("one")).tags().stream().map(Tag::key).toList());
    }

    @Test
    void aRoleWithPoliciesIsNotDeleted() {
        create("one");
        roles.putRolePolicy(r -> r.roleName("one").policyName("read").policyDocument(READ));
        policies.attachRolePolicy(r -> r.roleName("one").policyArn(FULL_ACCESS));
        reopen();
        refused(
                "DeleteConflict",
                409,
                "Cannot delete entity, must detach all policies first.",
                () -> roles.deleteRole(r -> r.roleName("one")));
        policies.detachRolePolicy(r -> r.roleName("one").policyArn(FULL_ACCESS));
        refused(
                "DeleteConflict",
                409,
                "Cannot delete entity, must delete policies first.",
                () -> roles.deleteRole(r -> r.roleName("one")));
        assertEquals(
                READ,
                decoded(
                        roles.getRolePolicy(r -> r.roleName("one").policyName("read"))
                                .policyDocument()));
        assertEquals(List.of("read"), roles.listRolePolicies(r -> r.roleName("one")).policyNames());
        roles.deleteRolePolicy(r -> r.roleName("one").policyName("read"));
        assertEquals(
                List.of(),
                roles.listInstanceProfilesForRole(r -> r.roleName("one")).instanceProfiles());
        roles.deleteRole(r -> r.roleName("one"));
        assertEquals(List.of(), roles.listRoles().roles());
    }

    @Test
    void managedPoliciesAreAttachedAndCounted() {
        create("one");
        String arn =
                policies.createPolicy(r -> r.policyName("read").policyDocument(READ))
                        .policy()
                        .arn();
        assertEquals("arn:aws:iam::123456789012:policy/read", arn);
        policies.attachRolePolicy(r -> r.roleName("one").policyArn(arn));
        policies.attachRolePolicy(r -> r.roleName("one").policyArn(FULL_ACCESS));
        reopen();
        assertEquals(
                List.of("read", "AmazonSageMakerFullAccess"),
                policies
                        .listAttachedRolePolicies(r -> r.roleName("one"))
                        .attachedPolicies()
                        .stream()
                        .map(AttachedPolicy::policyName)
                        .toList());
        assertEquals(1, policies.getPolicy(r -> r.policyArn(arn)).policy().attachmentCount());
        assertEquals(
                READ,
                decoded(
                        policies.getPolicyVersion(r -> r.policyArn(arn).versionId("v1"))
                                .policyVersion()
                                .document()));
        assertEquals(
                List.of("read"),
                policies.listPolicies(r -> r.scope("Local")).policies().stream()
                        .map(Policy::policyName)
                        .toList());
        assertEquals(2, policies.listPolicies(r -> r.onlyAttached(true)).policies().size());
        refused(
                "DeleteConflict",
                409,
                "Cannot delete a policy attached to entities.",
                () -> policies.deletePolicy(r -> r.policyArn(arn)));
        policies.detachRolePolicy(r -> r.roleName("one").policyArn(arn));
        policies.deletePolicy(r -> r.policyArn(arn));
        refused(
                "NoSuchEntity",
                404,
                "Policy " + arn + " does not exist or is not attachable.",
                () -> policies.attachRolePolicy(r -> r.roleName("one").policyArn(arn)));
    }

    @Test
    void aSimulationIsPagedAndKnowsWhichRolesExist() {
        Role role = create("one");
        List<EvaluationResult> results =
                principals
                        .simulatePrincipalPolicyPaginator(r ->
                                r.policySourceArn(role.arn())
                                        .actionNames("s3:GetObject", "s3:PutObject", "x:Y")
                                        .maxItems(2))
                        .evaluationResults()
                        .stream()
                        .toList();
        assertEquals(3, results.size());
        assertTrue(
                results.stream()
                        .allMatch(each ->
                                each.evalDecision() == PolicyEvaluationDecisionType.ALLOWED));
        refused(
                "NoSuchEntity",
                404,
                "The role with name none cannot be found.",
                () ->
                        principals.simulatePrincipalPolicy(r ->
                                r.policySourceArn("arn:aws:iam::123456789012:role/none")
                                        .actionNames("x:Y")));
    }

    @Test
    void theCallerIsNamed() {
        var root = sts.getCallerIdentity();
        assertEquals("123456789012", root.account());
        assertEquals("arn:aws:iam::123456789012:root", root.arn());
        assertEquals("123456789012", root.userId());
        assertEquals("root", principals.getUser().user().userName());
        Caller ann =
                new Caller(
                        "123456789012",
                        "us-east-1",
                        "AKIDANN",
                        "arn:aws:iam::123456789012:user/ann");
        assertEquals("ann", ann.call(() -> principals.getUser()).user().userName());
        assertTrue(ann.call(() -> sts.getCallerIdentity()).userId().startsWith("AIDA"));
        refused(
                "NoSuchEntity",
                404,
                "The user with name bob cannot be found.",
                () -> principals.getUser(r -> r.userName("bob")));
    }

    @Test
    void anAssumedRoleCallsUntilItsKeyExpires() {
        Role role = create("one");
        AssumeRoleResponse assumed =
                sts.assumeRole(r -> r.roleArn(role.arn()).roleSessionName("me"));
        Credentials given = assumed.credentials();
        assertEquals(
                "arn:aws:sts::123456789012:assumed-role/one/me", assumed.assumedRoleUser().arn());
        assertEquals(role.roleId() + ":me", assumed.assumedRoleUser().assumedRoleId());
        assertTrue(given.accessKeyId().matches("ASIA[A-Z2-7]{16}"), given.accessKeyId());
        assertEquals(40, given.secretAccessKey().length());
        assertEquals(Instant.parse("2026-03-02T11:00:00Z"), given.expiration());
        reopen();
        AccessKeys.Key key = keys.find(given.accessKeyId()).orElseThrow();
        assertEquals(given.secretAccessKey(), key.secret());
        assertEquals(Optional.of(given.sessionToken()), key.sessionToken());
        Caller caller = keys.caller(given.accessKeyId()).orElseThrow();
        var identity = caller.call(() -> sts.getCallerIdentity());
        assertEquals(assumed.assumedRoleUser().arn(), identity.arn());
        assertEquals(assumed.assumedRoleUser().assumedRoleId(), identity.userId());
        now = now.plus(Duration.ofHours(1));
        assertEquals(Optional.empty(), keys.secret(given.accessKeyId()));
        assertTrue(keys.find(given.accessKeyId()).orElseThrow().isExpired(now));
        now = now.plus(Duration.ofDays(2));
        sts.getSessionToken();
        assertEquals(Optional.empty(), keys.find(given.accessKeyId()));
    }

    @Test
    void sessionsAreCheckedAndTokensKeepTheCaller() {
        var limit =
                assertThrows(
                        AwsServiceException.class,
                        () ->
                                sts.assumeRole(r ->
                                        r.roleArn(create("one").arn())
                                                .roleSessionName("me")
                                                .durationSeconds(7200)));
        assertEquals("ValidationError", limit.awsErrorDetails().errorCode());
        assertThrows(
                AwsServiceException.class,
                () -> sts.assumeRole(r -> r.roleArn("role").roleSessionName("me")));
        Credentials token = sts.getSessionToken().credentials();
        assertEquals(
                "arn:aws:iam::123456789012:root",
                keys.caller(token.accessKeyId()).orElseThrow().arn());
        assertNotEquals(
                token.secretAccessKey(), sts.getSessionToken().credentials().secretAccessKey());
        assertEquals(Optional.of("secret"), keys.secret("AKIDEXAMPLE"));
        assertEquals(Optional.empty(), keys.secret("AKIDOTHER"));
        assertFalse(keys.find("AKIDEXAMPLE").orElseThrow().toString().contains("secret"));
    }
}
