package io.dormouse.identity;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import io.dormouse.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EvaluationResult;
import software.amazon.awssdk.services.iam.model.GetUserRequest;
import software.amazon.awssdk.services.iam.model.GetUserResponse;
import software.amazon.awssdk.services.iam.model.PolicyEvaluationDecisionType;
import software.amazon.awssdk.services.iam.model.SimulatePrincipalPolicyRequest;
import software.amazon.awssdk.services.iam.model.SimulatePrincipalPolicyResponse;
import software.amazon.awssdk.services.iam.model.User;

/// What IAM says of who is calling, and of what a principal may do.
public final class Principals implements IamClient {
    private static final Pattern ROLE_ARN =
            Pattern.compile("arn:aws[\\w-]*:iam::\\d{12}:role/(?:.*/)?([^/]+)");
    private static final Pattern USER_ARN =
            Pattern.compile("arn:aws[\\w-]*:iam::(\\d{12}):(?:root|user(/.*?)([^/]+))");
    private static final int RESULTS_DEFAULT = 100;

    private final RoleRecords roles;
    private final Instant started;

    /// The principals of the roles that are kept.
    ///
    /// @param clock its present time is given as the creation of users, of which no record is kept
    public Principals(Store store, InstantSource clock) {
        this.roles = new RoleRecords(store);
        this.started = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /// [GetUser](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html): the caller;
    /// there are no other users.
    @Override
    public GetUserResponse getUser(GetUserRequest request) {
        String arn = Caller.current().arn();
        Matcher matcher = USER_ARN.matcher(arn);
        boolean isUser = matcher.matches();
        String name = isUser && matcher.group(3) != null ? matcher.group(3) : "root";
        if (request.userName() != null && !(isUser && request.userName().equals(name))) {
            throw IamErrors.noSuchEntity(
                    "The user with name " + request.userName() + " cannot be found.");
        }
        if (!isUser) {
            throw AwsError.VALIDATION_ERROR.of(
                    "Must specify userName when calling with non-User credentials");
        }
        boolean isRoot = matcher.group(3) == null;
        return GetUserResponse.builder()
                .user(
                        User.builder()
                                .path(isRoot ? "/" : matcher.group(2))
                                .userName(name)
                                .userId(isRoot ? matcher.group(1) : Ids.unique(Ids.USER, arn))
                                .arn(arn)
                                .createDate(started)
                                .build())
                .build();
    }

    ///
    /// [SimulatePrincipalPolicy](https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html):
    /// policies are not enforced yet, so whatever exists may do everything.
    @Override
    public SimulatePrincipalPolicyResponse simulatePrincipalPolicy(
            SimulatePrincipalPolicyRequest request) {
        checkExists(request.policySourceArn());
        List<String> resources =
                request.resourceArns().isEmpty() ? List.of("*") : request.resourceArns();
        List<EvaluationResult> all = new ArrayList<>();
        for (String action : request.actionNames()) {
            for (String resource : resources) {
                all.add(
                        EvaluationResult.builder()
                                .evalActionName(action)
                                .evalResourceName(resource)
                                .evalDecision(PolicyEvaluationDecisionType.ALLOWED)
                                .matchedStatements(List.of())
                                .missingContextValues(List.of())
                                .build());
            }
        }
        int from = offset(request.marker(), all.size());
        int max = request.maxItems() == null ? RESULTS_DEFAULT : request.maxItems();
        int to = Math.min(all.size(), from + Math.max(1, max));
        return SimulatePrincipalPolicyResponse.builder()
                .evaluationResults(all.subList(from, to))
                .isTruncated(to < all.size())
                .marker(to < all.size() ? Integer.toString(to) : null)
                .build();
    }

    private static int offset(String marker, int size) {
        try {
            int offset = marker == null ? 0 : Integer.parseInt(marker);
            if (offset >= 0 && offset <= size) {
                return offset;
            }
        } catch (NumberFormatException e) {
            throw IamErrors.invalidInput("Invalid Marker: pass the marker of the last answer.");
        }
        throw IamErrors.invalidInput("Invalid Marker: pass the marker of the last answer.");
    }

    private void checkExists(String arn) {
        Matcher role = ROLE_ARN.matcher(arn == null ? "" : arn);
        if (role.matches()) {
            roles.get(role.group(1));
        } else if (!Caller.current().arn().equals(arn)) {
            throw IamErrors.noSuchEntity("The principal " + arn + " cannot be found.");
        }
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
