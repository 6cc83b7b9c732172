package io.dormouse.identity;

import io.dormouse.aws.Caller;
import io.dormouse.store.Schema;
import io.dormouse.store.Store;
import io.dormouse.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The keys that requests are signed with: those of the configuration, and the temporary ones that
/// [Sts] gave out, which last until they expire, over a restart too.
public final class AccessKeys {
    /// The tables; the store that is passed in must have them.
    public static final Schema SCHEMA =
            Schema.of(
                    "identity",
                    """
                    CREATE TABLE session_key(
                        id TEXT PRIMARY KEY, secret TEXT NOT NULL, token TEXT NOT NULL,
                        expires INTEGER NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
                        arn TEXT NOT NULL, user_id TEXT NOT NULL) WITHOUT ROWID
                    """,
                    "CREATE INDEX session_key_expires ON session_key(expires)");

    /// How long an expired key is known as such, so that its user is told what is wrong.
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /// An access key.
    ///
    /// @param sessionToken what a request signed with a temporary key must bear
    /// @param expires when it ends; empty for never
    /// @param caller whose it is
    /// @param userId as GetCallerIdentity gives it
    public record Key(
            String id,
            String secret,
            Optional<String> sessionToken,
            Optional<Instant> expires,
            Caller caller,
            String userId) {
        /// Whether the key is over; such a key must be refused with `ExpiredToken`.
        public boolean isExpired(Instant now) {
            return expires.filter(end -> !now.isBefore(end)).isPresent();
        }

        @Override
        public String toString() {
            return "Key[" + id + " of " + caller.arn() + "]"; // the secret goes into no log
        }
    }

    private final Store store;
    private final InstantSource clock;
    private final Map<String, Key> configured = new ConcurrentHashMap<>();
    private final Map<String, Key> temporary = new ConcurrentHashMap<>();

    /// The keys of a platform.
    ///
    /// @param owner the account that the configured keys belong to
    /// @param secrets the configured keys' secrets by their ids; none on an open platform
    public AccessKeys(Store store, InstantSource clock, Caller owner, Map<String, String> secrets) {
        this.store = store;
        this.clock = clock;
        secrets.forEach((id, secret) ->
                configured.put(
                        id,
                        new Key(
                                id,
                                secret,
                                Optional.empty(),
                                Optional.empty(),
                                new Caller(owner.account(), owner.region(), id, owner.arn()),
                                owner.account())));
    }

    /// A key by its id, an expired one too for a day.
    public Optional<Key> find(String accessKeyId) {
        Key known = configured.get(accessKeyId);
        if (known != null) {
            return Optional.of(known);
        }
        if (!accessKeyId.startsWith(Ids.TEMPORARY_KEY)) {
            return Optional.empty();
        }
        Key cached = temporary.get(accessKeyId);
        if (cached != null) {
            return Optional.of(cached);
        }
        Optional<Key> kept = read(accessKeyId);
        kept.ifPresent(key -> temporary.put(accessKeyId, key));
        return kept;
    }

    private Optional<Key> read(String accessKeyId) {
        return store.read(query ->
                query.one(
                        "SELECT id, secret, token, expires, account, region, arn, user_id"
                                + " FROM session_key WHERE id = ?",
                        row ->
                                new Key(
                                        row.text(1),
                                        row.text(2),
                                        Optional.of(row.text(3)),
                                        Optional.of(row.time(4)),
                                        new Caller(
                                                row.text(5), row.text(6), row.text(1), row.text(7)),
                                        row.text(8)),
                        accessKeyId));
    }

    /// The secret of a key that has not expired.
    public Optional<String> secret(String accessKeyId) {
        return valid(accessKeyId).map(Key::secret);
    }

    /// Whose a key is that has not expired: what an open platform asks without looking at the
    /// signature.
    public Optional<Caller> caller(String accessKeyId) {
        return valid(accessKeyId).map(Key::caller);
    }

    private Optional<Key> valid(String accessKeyId) {
        return find(accessKeyId).filter(key -> !key.isExpired(clock.instant()));
    }

    /// Makes a temporary key; it is durable when this returns.
    ///
    /// @param arn of the assumed role or the user
    Key issue(Caller caller, String arn, String userId, Duration lasts) {
        Instant now = clock.instant();
        String id = Ids.temporaryKey();
        Key key =
                new Key(
                        id,
                        Ids.secret(),
                        Optional.of(Ids.sessionToken()),
                        // AWS gives whole seconds.
                        Optional.of(Instant.ofEpochSecond(now.plus(lasts).getEpochSecond())),
                        new Caller(caller.account(), caller.region(), id, arn),
                        userId);
        store.write(tx -> keep(tx, key, now));
        temporary.values().removeIf(each -> each.isExpired(now.minus(REMEMBERED)));
        temporary.put(id, key);
        return key;
    }

    private static Key keep(Tx tx, Key key, Instant now) {
        tx.update("DELETE FROM session_key WHERE expires < ?", now.minus(REMEMBERED));
        tx.update(
                "INSERT INTO session_key VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                key.id(),
                key.secret(),
                key.sessionToken(),
                key.expires().orElseThrow(),
                key.caller().account(),
                key.caller().region(),
                key.caller().arn(),
                key.userId());
        return key;
    }
}
