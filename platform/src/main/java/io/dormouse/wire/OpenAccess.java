package io.dormouse.wire;

import io.dormouse.aws.Caller;
import java.util.Optional;
import java.util.function.Function;

/// The authenticator of a platform without keys: any signature will do, and none too. Such a
/// platform listens on loopback only, behind [Loopback].
///
/// The region is the one that was signed for, or else the platform's; the caller is whom `callers`
/// knows by the access key (temporary credentials of an assumed role), or else the account's owner.
public final class OpenAccess implements Authenticator {
    private final Caller owner;
    private final Function<String, Optional<Caller>> callers;

    /// @param owner the configured account and region
    /// @param callers the caller of an access key that the platform gave out itself
    public OpenAccess(Caller owner, Function<String, Optional<Caller>> callers) {
        this.owner = owner;
        this.callers = callers;
    }

    @Override
    public Caller verify(Exchange exchange) {
        Optional<Scope> scope = Scope.of(exchange);
        if (scope.isEmpty()) {
            return owner;
        }
        String key = scope.get().accessKey();
        Caller known = callers.apply(key).orElse(owner);
        return new Caller(known.account(), scope.get().region(), key, known.arn());
    }
}
