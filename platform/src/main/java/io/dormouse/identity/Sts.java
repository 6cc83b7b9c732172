package io.dormouse.identity;

import io.dormouse.aws.AwsError;
import io.dormouse.aws.Caller;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.AssumedRoleUser;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;
import software.amazon.awssdk.services.sts.model.GetSessionTokenRequest;
import software.amazon.awssdk.services.sts.model.GetSessionTokenResponse;

/// STS: who is calling, and temporary credentials.
public final class Sts implements StsClient {
    private static final Pattern ROLE_ARN =
            Pattern.compile("arn:aws[\\w-]*:iam::(\\d{12}):role/(?:.*/)?([\\w+=,.@-]+)");
    private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");
    private static final int SECONDS_MIN = 900;
    private static final int ROLE_SECONDS_DEFAULT = 3600;
    private static final int ROLE_SECONDS_MAX = 43_200;
    private static final int TOKEN_SECONDS_DEFAULT = 43_200;
    private static final int TOKEN_SECONDS_MAX = 129_600;

    private final AccessKeys keys;
    private final Roles roles;

    public Sts(AccessKeys keys, Roles roles) {
        this.keys = keys;
        this.roles = roles;
    }

    ///
    /// [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
    @Override
    public GetCallerIdentityResponse getCallerIdentity(GetCallerIdentityRequest request) {
        Caller caller = Caller.current();
        return GetCallerIdentityResponse.builder()
                .account(caller.account())
                .arn(caller.arn())
                .userId(userId(caller))
                .build();
    }

    private String userId(Caller caller) {
        return keys.find(caller.accessKey())
                .filter(key -> key.caller().arn().equals(caller.arn()))
                .map(AccessKeys.Key::userId)
                .orElseGet(() ->
                        caller.arn().endsWith(":root")
                                ? caller.account()
                                : Ids.unique(Ids.USER, caller.arn()));
    }

    /// [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). Trust
    /// policies are not enforced yet, and a role that is not kept here may be assumed too:
    /// SageMaker requests name roles by ARN, and scripts bring those that they have in AWS.
    @Override
    public AssumeRoleResponse assumeRole(AssumeRoleRequest request) {
        Matcher arn = ROLE_ARN.matcher(request.roleArn() == null ? "" : request.roleArn());
        if (!arn.matches()) {
            throw AwsError.VALIDATION_ERROR.of(
                    request.roleArn()
                            + " is invalid: RoleArn must be the ARN of a role, such as"
                            + " arn:aws:iam::123456789012:role/name");
        }
        String session = request.roleSessionName();
        if (session == null || !SESSION_NAME.matcher(session).matches()) {
            throw AwsError.VALIDATION_ERROR.of(
                    "RoleSessionName must have 2 to 64 letters, digits or _+=,.@-");
        }
        String account = arn.group(1);
        String name = arn.group(2);
        Optional<Role> role = roles.find(name).filter(each -> each.arn().equals(request.roleArn()));
        int max = role.map(Role::maxSessionDuration).orElse(ROLE_SECONDS_MAX);
        Duration lasts =
                duration(request.durationSeconds(), ROLE_SECONDS_DEFAULT, ROLE_SECONDS_MAX);
        if (lasts.toSeconds() > max) {
            throw AwsError.VALIDATION_ERROR.of(
                    "The requested DurationSeconds exceeds the MaxSessionDuration set for this"
                            + " role.");
        }
        String roleId =
                role.map(Role::roleId).orElseGet(() -> Ids.unique(Ids.ROLE, request.roleArn()));
        AssumedRoleUser user =
                AssumedRoleUser.builder()
                        .arn("arn:aws:sts::" + account + ":assumed-role/" + name + "/" + session)
                        .assumedRoleId(roleId + ":" + session)
                        .build();
        Caller caller = new Caller(account, Caller.current().region(), "", user.arn());
        AccessKeys.Key key = keys.issue(caller, user.arn(), user.assumedRoleId(), lasts);
        return AssumeRoleResponse.builder()
                .credentials(credentials(key))
                .assumedRoleUser(user)
                .sourceIdentity(request.sourceIdentity())
                .build();
    }

    ///
    /// [GetSessionToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html)
    @Override
    public GetSessionTokenResponse getSessionToken(GetSessionTokenRequest request) {
        Caller caller = Caller.current();
        Duration lasts =
                duration(request.durationSeconds(), TOKEN_SECONDS_DEFAULT, TOKEN_SECONDS_MAX);
        AccessKeys.Key key = keys.issue(caller, caller.arn(), userId(caller), lasts);
        return GetSessionTokenResponse.builder().credentials(credentials(key)).build();
    }

    private static Duration duration(Integer asked, int usual, int max) {
        int seconds = asked == null ? usual : asked;
        if (seconds < SECONDS_MIN || seconds > max) {
            throw AwsError.VALIDATION_ERROR.of(
                    "DurationSeconds must be between " + SECONDS_MIN + " and " + max + ".");
        }
        return Duration.ofSeconds(seconds);
    }

    private static Credentials credentials(AccessKeys.Key key) {
        return Credentials.builder()
                .accessKeyId(key.id())
                .secretAccessKey(key.secret())
                .sessionToken(key.sessionToken().orElseThrow())
                .expiration(key.expires().orElseThrow())
                .build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}
}
