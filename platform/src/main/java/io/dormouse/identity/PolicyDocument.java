package io.dormouse.identity;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A policy as text, checked for its form when it comes in.
///
/// See [JSON policy
/// grammar](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
final class PolicyDocument {
    private static final Set<String> VERSIONS = Set.of("2012-10-17", "2008-10-17");

    private PolicyDocument() {}

    /// A role's trust policy: who may assume it.
    ///
    /// @throws software.amazon.awssdk.services.iam.model.MalformedPolicyDocumentException saying
    ///   what is wrong
    static String trust(String text) {
        for (JsonNode statement : statements(text)) {
            if (statement.has("Resource") || statement.has("NotResource")) {
                throw IamErrors.malformedPolicy("Has prohibited field Resource");
            }
            if (!statement.has("Principal") && !statement.has("NotPrincipal")) {
                throw IamErrors.malformedPolicy("Missing required field Principal");
            }
        }
        return text;
    }

    /// A policy that says what may be done.
    static String permissions(String text) {
        for (JsonNode statement : statements(text)) {
            if (statement.has("Principal") || statement.has("NotPrincipal")) {
                throw IamErrors.malformedPolicy("Policy document should not specify a principal.");
            }
            if (!statement.has("Resource") && !statement.has("NotResource")) {
                throw IamErrors.malformedPolicy("Policy statement must contain resources.");
            }
        }
        return text;
    }

    private static List<JsonNode> statements(String text) {
        JsonNode policy;
        try {
            policy = JsonMapper.shared().readTree(text == null ? "" : text);
        } catch (JacksonException e) {
            throw IamErrors.malformedPolicy(
                    "This policy contains invalid Json: " + e.getOriginalMessage());
        }
        if (!policy.isObject()) {
            throw IamErrors.malformedPolicy(
                    "This policy contains invalid Json: it must be an object.");
        }
        JsonNode version = policy.get("Version");
        if (version != null && !VERSIONS.contains(version.asString(""))) {
            throw IamErrors.malformedPolicy("The policy must contain a valid version string.");
        }
        JsonNode statement = policy.get("Statement");
        List<JsonNode> statements =
                statement == null
                        ? List.of()
                        : statement.isArray()
                                ? List.copyOf(statement.values())
                                : List.of(statement);
        if (statements.isEmpty()) {
            throw IamErrors.malformedPolicy("Syntax errors in policy: Statement is missing.");
        }
        statements.forEach(PolicyDocument::check);
        return statements;
    }

    private static void check(JsonNode statement) {
        JsonNode effect = statement.get("Effect");
        if (effect == null || !Set.of("Allow", "Deny").contains(effect.asString(""))) {
            throw IamErrors.malformedPolicy(
                    "Syntax errors in policy: Effect must be Allow or Deny.");
        }
        if (!statement.has("Action") && !statement.has("NotAction")) {
            throw IamErrors.malformedPolicy("Policy statement must contain actions.");
        }
    }

    /// The text as IAM gives it back: with percent-encoding as RFC 3986 has it.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
