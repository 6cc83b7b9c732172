package io.dormouse.identity;

import io.dormouse.aws.Caller;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.Credentials;

/// Sessions of roles that programs of the platform act in: each has a token, for which it gets
/// temporary credentials as often as it asks, until it is closed.
///
/// AWS page: [container credential
/// provider](https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
public final class RoleSessions {
    /// As SageMaker names the session of a job and of an endpoint.
    private static final String SESSION = "SageMaker";

    /// What one gets lasts an hour, as AWS's; clients ask again a quarter of an hour before.
    private static final Duration LASTS = Duration.ofHours(1);

    /// With less left than this, new ones are given out.
    private static final Duration LEFT_MIN = Duration.ofMinutes(20);

    /// A session that is open.
    ///
    /// @param token who bears it is given credentials
    public record Session(String token, String roleArn, Caller owner) {
        @Override
        public String toString() {
            return "Session[" + roleArn + "]"; // the token goes into no log
        }
    }

    private record Open(Session session, Optional<Credentials> last) {}

    private final Sts sts;
    private final InstantSource clock;
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    /// @param clock the one that the credentials' expiry is judged by
    public RoleSessions(Sts sts, InstantSource clock) {
        this.sts = sts;
        this.clock = clock;
    }

    /// Opens a session of a role; nothing is assumed before credentials are asked for.
    ///
    /// @param owner account and region of what acts in it
    public Session open(String roleArn, Caller owner) {
        Session session = new Session(Ids.sessionToken(), roleArn, owner);
        open.put(key(session.token()), new Open(session, Optional.empty()));
        return session;
    }

    /// Gives no more credentials; those given out end by themselves.
    public void close(Session session) {
        open.remove(key(session.token()));
    }

    /// The credentials of the session with a token, good for at least another twenty minutes; empty
    /// where no such session is open.
    public Optional<Credentials> credentials(String token) {
        return Optional.ofNullable(open.computeIfPresent(key(token), (_, each) -> renewed(each)))
                .flatMap(Open::last);
    }

    private Open renewed(Open each) {
        boolean good =
                each.last()
                        .filter(last -> clock.instant().plus(LEFT_MIN).isBefore(last.expiration()))
                        .isPresent();
        if (good) {
            return each;
        }
        AssumeRoleRequest request =
                AssumeRoleRequest.builder()
                        .roleArn(each.session().roleArn())
                        .roleSessionName(SESSION)
                        .durationSeconds((int) LASTS.toSeconds())
                        .build();
        Credentials fresh =
                each.session().owner().call(() -> sts.assumeRole(request).credentials());
        return new Open(each.session(), Optional.of(fresh));
    }

    /// Tokens are compared by their digests, which tell nothing by the time that takes.
    private static String key(String token) {
        return Ids.unique("", token);
    }
}
