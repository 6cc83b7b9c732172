package io.dormouse.function;

import io.dormouse.store.Entry;
import io.dormouse.store.Query;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.AddPermissionRequest;
import software.amazon.awssdk.services.lambda.model.AddPermissionResponse;
import software.amazon.awssdk.services.lambda.model.GetPolicyRequest;
import software.amazon.awssdk.services.lambda.model.GetPolicyResponse;
import software.amazon.awssdk.services.lambda.model.RemovePermissionRequest;
import software.amazon.awssdk.services.lambda.model.RemovePermissionResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Statements of who may invoke a function. Function URLs without authentication are held to them;
/// calls by AWS's API are not, as nothing here is.
///
/// AWS page: [AddPermission](https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html).
public final class Permissions implements LambdaClient {
    private static final JsonNode OPEN =
            JsonMapper.shared()
                    .readTree("{\"StringEquals\":{\"lambda:FunctionUrlAuthType\":\"NONE\"}}");

    private final FunctionRecords records;
    private final InstantSource clock;

    Permissions(FunctionRecords records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public AddPermissionResponse addPermission(AddPermissionRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        String statement = statement(name, request).toString();
        String key = FunctionRecords.key(name);
        records.store.write(tx -> {
            records.resolved(tx, name);
            Entry<String> entry =
                    Entry.of(key + "/" + request.statementId(), clock.instant(), statement)
                            .within(key);
            if (!records.statements.insert(tx, entry)) {
                throw FunctionErrors.conflict(
                        "The statement id ("
                                + request.statementId()
                                + ") provided already exists. Please provide a new statement id, or"
                                + " remove the existing statement.");
            }
            return true;
        });
        return AddPermissionResponse.builder().statement(statement).build();
    }

    private static ObjectNode statement(FunctionName name, AddPermissionRequest request) {
        ObjectNode statement = JsonMapper.shared().createObjectNode();
        statement.put("Sid", request.statementId()).put("Effect", "Allow");
        String principal = request.principal();
        if (principal.equals("*")) {
            statement.put("Principal", "*");
        } else if (principal.matches("[0-9]{12}")) {
            statement.putObject("Principal").put("AWS", "arn:aws:iam::" + principal + ":root");
        } else {
            String kind = principal.startsWith("arn:") ? "AWS" : "Service";
            statement.putObject("Principal").put(kind, principal);
        }
        statement.put("Action", request.action()).put("Resource", name.arn());
        ObjectNode condition = JsonMapper.shared().createObjectNode();
        put(
                condition,
                "StringEquals",
                "lambda:FunctionUrlAuthType",
                request.functionUrlAuthTypeAsString());
        put(condition, "StringEquals", "AWS:SourceAccount", request.sourceAccount());
        put(condition, "StringEquals", "aws:PrincipalOrgID", request.principalOrgID());
        put(condition, "StringEquals", "lambda:EventSourceToken", request.eventSourceToken());
        put(condition, "ArnLike", "AWS:SourceArn", request.sourceArn());
        if (!condition.isEmpty()) {
            statement.set("Condition", condition);
        }
        return statement;
    }

    private static void put(
            ObjectNode condition, String operator, String key, @Nullable String value) {
        if (value != null) {
            ObjectNode of =
                    condition.get(operator) instanceof ObjectNode there
                            ? there
                            : condition.putObject(operator);
            of.put(key, value);
        }
    }

    private List<JsonNode> statements(Query query, FunctionName name) {
        String key = FunctionRecords.key(name);
        return records.statements.all(query).stream()
                .filter(each -> each.parent().equals(key))
                .map(each -> JsonMapper.shared().readTree(each.body()))
                .toList();
    }

    @Override
    public RemovePermissionResponse removePermission(RemovePermissionRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        records.store.write(tx -> {
            records.resolved(tx, name);
            String key = FunctionRecords.key(name) + "/" + request.statementId();
            if (!records.statements.delete(tx, key)) {
                throw FunctionErrors.notFound(
                        "Statement " + request.statementId() + " is not found in resource policy.");
            }
            return true;
        });
        return RemovePermissionResponse.builder().build();
    }

    @Override
    public GetPolicyResponse getPolicy(GetPolicyRequest request) {
        FunctionName name = FunctionName.of(request.functionName(), request.qualifier());
        return records.store.read(query -> {
            Function function = records.resolved(query, name);
            List<JsonNode> statements = statements(query, name);
            if (statements.isEmpty()) {
                throw FunctionErrors.notFound("The resource you requested does not exist.");
            }
            ObjectNode policy = JsonMapper.shared().createObjectNode();
            policy.put("Version", "2012-10-17").put("Id", "default");
            ArrayNode all = policy.putArray("Statement");
            statements.forEach(all::add);
            return GetPolicyResponse.builder()
                    .policy(policy.toString())
                    .revisionId(function.shape().revisionId())
                    .build();
        });
    }

    /// Whether everybody may call the URL of a function.
    boolean isPublic(FunctionName name) {
        return records.store.read(
                query -> statements(query, name).stream().anyMatch(Permissions::opensUrl));
    }

    /// A statement with any other condition is for some, and who asks unsigned is none of them.
    private static boolean opensUrl(JsonNode statement) {
        JsonNode condition = statement.path("Condition");
        boolean open = condition.isMissingNode() || condition.equals(OPEN);
        boolean action =
                List.of("lambda:InvokeFunctionUrl", "lambda:*", "*")
                        .contains(statement.path("Action").asString(""));
        return action && statement.path("Principal").asString("").equals("*") && open;
    }
}
