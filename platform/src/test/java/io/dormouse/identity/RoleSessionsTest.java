package io.dormouse.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dormouse.aws.Caller;
import io.dormouse.store.Store;
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
import software.amazon.awssdk.services.sts.model.Credentials;

class RoleSessionsTest {
    private static final Caller OWNER = Caller.root("123456789012", "eu-west-1");
    private static final String ROLE = "arn:aws:iam::123456789012:role/team/trainer";

    @TempDir Path folder;
    private Instant now = Instant.parse("2026-03-02T10:00:00Z");
    private final InstantSource clock = () -> now;
    private Store store;
    private AccessKeys keys;
    private RoleSessions sessions;

    @BeforeEach
    void open() {
        store = Store.open(folder, clock, List.of(AccessKeys.SCHEMA));
        keys = new AccessKeys(store, clock, OWNER, Map.of());
        sessions = new RoleSessions(new Sts(keys, new Roles(store, clock)), clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Credentials credentials(RoleSessions.Session session) {
        return sessions.credentials(session.token()).orElseThrow();
    }

    @Test
    void aSessionActsInTheNameOfItsRole() {
        Credentials given = credentials(sessions.open(ROLE, OWNER));
        AccessKeys.Key key = keys.find(given.accessKeyId()).orElseThrow();
        assertEquals(
                "arn:aws:sts::123456789012:assumed-role/trainer/SageMaker", key.caller().arn());
        assertEquals(given.secretAccessKey(), key.secret());
        assertEquals(now.plus(Duration.ofHours(1)), given.expiration());
    }

    @Test
    void aLongProgramIsGivenNewCredentialsBeforeTheOldOnesEnd() {
        RoleSessions.Session session = sessions.open(ROLE, OWNER);
        Credentials first = credentials(session);
        now = now.plus(Duration.ofMinutes(30));
        assertEquals(first, credentials(session));
        // Clients ask again from a quarter of an hour before the end.
        now = now.plus(Duration.ofMinutes(15));
        Credentials second = credentials(session);
        assertNotEquals(first.accessKeyId(), second.accessKeyId());
        assertEquals(now.plus(Duration.ofHours(1)), second.expiration());
        assertTrue(keys.secret(first.accessKeyId()).isPresent());
        now = now.plus(Duration.ofMinutes(15));
        assertFalse(keys.secret(first.accessKeyId()).isPresent());
        assertTrue(keys.secret(second.accessKeyId()).isPresent());
    }

    @Test
    void aTokenIsGoodForItsSessionAlone() {
        RoleSessions.Session session = sessions.open(ROLE, OWNER);
        assertEquals(Optional.empty(), sessions.credentials(""));
        assertEquals(Optional.empty(), sessions.credentials(session.token() + "x"));
        sessions.close(session);
        assertEquals(Optional.empty(), sessions.credentials(session.token()));
        assertFalse(session.toString().contains(session.token()));
    }
}
