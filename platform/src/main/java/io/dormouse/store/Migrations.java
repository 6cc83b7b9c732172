package io.dormouse.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Runs the steps of the schemas that this database has not seen, all in one transaction.
final class Migrations {
    private final Connection connection;

    Migrations(Connection connection) {
        this.connection = connection;
    }

    void run(Schema own, List<Schema> schemas) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS migration(room TEXT PRIMARY KEY, steps INTEGER NOT NULL)");
            migrate(statement, own);
            for (Schema schema : schemas) {
                migrate(statement, schema);
            }
            statement.execute("COMMIT");
        }
    }

    private void migrate(Statement statement, Schema schema) throws SQLException {
        int done = done(schema.room());
        if (done > schema.steps().size()) {
            throw new StoreFailure(
                    "The data folder was written by a newer version of Dormouse (room "
                            + schema.room()
                            + ", step "
                            + done
                            + "): start that version, or use another folder");
        }
        if (done == schema.steps().size()) {
            return;
        }
        for (String step : schema.steps().subList(done, schema.steps().size())) {
            statement.execute(step);
        }
        try (PreparedStatement record =
                connection.prepareStatement("INSERT OR REPLACE INTO migration VALUES (?, ?)")) {
            record.setString(1, schema.room());
            record.setInt(2, schema.steps().size());
            record.executeUpdate();
        }
    }

    private int done(String room) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT steps FROM migration WHERE room = ?")) {
            query.setString(1, room);
            try (ResultSet result = query.executeQuery()) {
                return result.next() ? result.getInt(1) : 0;
            }
        }
    }
}
