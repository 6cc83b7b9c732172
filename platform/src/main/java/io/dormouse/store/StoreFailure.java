package io.dormouse.store;

import java.sql.SQLException;

/// The database could not do what it must: the disk is full or broken, or a statement is wrong.
public final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreFailure(SQLException cause) {
        super(cause.getMessage(), cause);
    }

    StoreFailure(String message) {
        super(message);
    }
}
