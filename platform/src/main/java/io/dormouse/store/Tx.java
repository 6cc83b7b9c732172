package io.dormouse.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// Writing: all of it is there after the commit, or none.
public final class Tx extends Query {
    private final InstantSource clock;
    private boolean appended;

    Tx(Connection connection, InstantSource clock) {
        super(connection);
        this.clock = clock;
    }

    /// Runs an INSERT, UPDATE or DELETE.
    ///
    /// @return how many rows it changed
    public int update(String sql, @Nullable Object... arguments) {
        try {
            return bound(sql, arguments).executeUpdate();
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    /// Appends a finished event to the change feed, in the transaction of the change.
    ///
    /// @param detailType EventBridge's, such as `SageMaker Model Package State Change`
    /// @param detail the event's detail as JSON
    public void append(String detailType, String detail) {
        update(
                "INSERT INTO feed(at, detail_type, detail) VALUES (?, ?, ?)",
                clock.instant(),
                detailType,
                detail);
        appended = true;
    }

    boolean takeAppended() {
        boolean result = appended;
        appended = false;
        return result;
    }
}
