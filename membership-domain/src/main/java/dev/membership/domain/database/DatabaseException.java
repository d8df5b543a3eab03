package dev.membership.domain.database;

import java.io.Serial;
import java.sql.SQLException;

/** PostgreSQL refused a statement, or could not be reached; the cause says which. */
public class DatabaseException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    DatabaseException(SQLException cause) {
        super(cause);
    }
}
