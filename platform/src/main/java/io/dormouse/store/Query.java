package io.dormouse.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reading, on one consistent state of the database for as long as the body of [Store#read] runs.
/// Arguments are text, numbers, `byte[]`, times (kept as milliseconds), `Optional` of these, or
/// null.
public class Query {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Query(Connection connection) {
        this.connection = connection;
    }

    public <T> List<T> list(String sql, Row.Mapper<T> mapper, @Nullable Object... arguments) {
        try {
            PreparedStatement statement = bound(sql, arguments);
            try (ResultSet result = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                Row row = new Row(result);
                while (result.next()) {
                    rows.add(mapper.map(row));
                }
                return rows;
            }
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    /// The first row, where there is one.
    public <T> Optional<T> one(String sql, Row.Mapper<T> mapper, @Nullable Object... arguments) {
        try {
            PreparedStatement statement = bound(sql, arguments);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? Optional.of(mapper.map(new Row(result))) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    /// A count or another single number.
    public long number(String sql, @Nullable Object... arguments) {
        return one(sql, row -> row.number(1), arguments).orElse(0L);
    }

    PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            Object value =
                    arguments[i] instanceof Optional<?> maybe ? maybe.orElse(null) : arguments[i];
            statement.setObject(i + 1, value instanceof Instant time ? time.toEpochMilli() : value);
        }
        return statement;
    }

    Connection connection() {
        return connection;
    }
}
