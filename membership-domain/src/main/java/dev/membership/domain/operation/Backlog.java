package dev.membership.domain.operation;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Row;
import dev.membership.domain.database.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How much there is of what grows by itself, and whether it is cleared away in time. */
@ApplicationScoped
public class Backlog {
    private final Database database;

    Backlog(Database database) {
        this.database = database;
    }

    /**
     * @param oldestEvent when the event happened whose transaction began first of those kept; null: there is none
     * @param events about how many events there are, as of the last vacuum or analysis of their table
     * @param eventBytes what they take on disk, with their indexes
     * @param oldestRequest when the request was made whose record is the oldest; null: there is none
     * @param oldestDeletion when the organization was deleted that waits the longest for its members to be removed; null:
     *     none waits
     */
    public record Size(
            @Nullable Instant oldestEvent,
            long events,
            long eventBytes,
            @Nullable Instant oldestRequest,
            @Nullable Instant oldestDeletion) {}

    /** Costs the same however much there is: the ends of three indexes, and what PostgreSQL's catalogue knows. */
    public Size measure() {
        return database.first(Sql.of("""
                        SELECT (SELECT occurred_at FROM outbox_event ORDER BY transaction_id, id LIMIT 1),
                            greatest(reltuples, 0)::bigint, pg_total_relation_size(oid),
                            (SELECT created_at FROM request_record ORDER BY created_at LIMIT 1),
                            (SELECT deleted_at FROM organization WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 1)
                        FROM pg_class WHERE oid = 'outbox_event'::regclass
                        """), Backlog::size).orElseThrow();
    }

    private static Size size(Row row) throws SQLException {
        return new Size(row.instantOrNull(), row.number(), row.number(), row.instantOrNull(), row.instantOrNull());
    }
}
