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
    /// @param source whose event it is, as EventBridge names it: `aws.sagemaker`, `aws.s3`
    /// @param detailType EventBridge's, such as `SageMaker Model Package State Change`
    /// @param resource the ARN of what changed, which also says account and region of the event
    ///   where it has them
    /// @param detail the event's detail as JSON
    public void append(String source, String detailType, String resource, String detail) {
        update(
                "INSERT INTO feed(at, source, detail_type, resource, detail) VALUES (?, ?, ?, ?, ?)",
                clock.instant(),
                source,
                detailType,
                resource,
                detail);
        appended = true;
    }

    /// Removes the changes up to `seq`: for who takes them up, in the transaction that keeps what
    /// comes of them.
    public void consume(long seq) {
        update("DELETE FROM feed WHERE seq <= ?", seq);
    }

    boolean takeAppended() {
        boolean result = appended;
        appended = false;
        return result;
    }
}
