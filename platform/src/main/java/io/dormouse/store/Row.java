package io.dormouse.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// One row of an answer, by column number from 1.
public final class Row {
    /// Makes a value of a row.
    @FunctionalInterface
    public interface Mapper<T> {
        T map(Row row);
    }

    private final ResultSet result;

    Row(ResultSet result) {
        this.result = result;
    }

    public String text(int column) {
        return maybeText(column)
                .orElseThrow(() -> new IllegalStateException("Column " + column + " is NULL"));
    }

    public Optional<String> maybeText(int column) {
        try {
            return Optional.ofNullable(result.getString(column));
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    public long number(int column) {
        try {
            return result.getLong(column);
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    public boolean isNull(int column) {
        try {
            return result.getObject(column) == null;
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    public double real(int column) {
        try {
            return result.getDouble(column);
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    public byte[] bytes(int column) {
        try {
            byte[] bytes = result.getBytes(column);
            return bytes == null ? new byte[0] : bytes;
        } catch (SQLException e) {
            throw new StoreFailure(e);
        }
    }

    /// A time kept as milliseconds of the epoch.
    public Instant time(int column) {
        return Instant.ofEpochMilli(number(column));
    }
}
