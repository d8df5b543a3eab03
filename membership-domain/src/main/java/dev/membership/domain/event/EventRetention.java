package dev.membership.domain.event;

import dev.membership.domain.database.Database;
import dev.membership.domain.database.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Deletes events when consumers have had time to read them. Several processes may do so at once; who writes events waits for
 * none of them.
 *
 * <p>The period starts when an event could first be read in the way that its table's comment describes, and not when it
 * happened: a transaction that stays open anywhere in PostgreSQL holds back all later events, however old they grow meanwhile.
 * So marks are written now and then ({@code outbox_mark}): all transactions below {@code below} had ended by then, and all
 * that had begun lay below {@code begun_below}. Events below a mark could be read once the transactions below its
 * {@code begun_below} had ended too, which the {@code below} of a later mark shows. They are deleted when such a later mark is
 * as old as the period.
 */
@ApplicationScoped
public class EventRetention {
    /** Marks written per retention period; an event may stay 2/100 of the period longer. */
    private static final int MARKS = 100;

    private final Database database;

    EventRetention(Database database) {
        this.database = database;
    }

    /**
     * Deletes events that could be read for longer than {@code kept}, those first whose transactions began first.
     *
     * @param kept for events older than the first call, the period starts with that call
     * @return how many were deleted; fewer than {@code most}: none is left that is due
     */
    public int deleteOlder(Duration kept, int most) {
        double seconds = kept.toMillis() / 1_000.0;
        return database.execute(Sql.of("""
                WITH marked AS (
                    INSERT INTO outbox_mark (marked_at, below) SELECT now(), pg_snapshot_xmin(pg_current_snapshot())
                    WHERE NOT EXISTS (SELECT FROM outbox_mark WHERE marked_at > now() - make_interval(secs => ?))
                    ON CONFLICT DO NOTHING
                ), old AS (
                    SELECT marked_at, below, begun_below FROM outbox_mark
                    WHERE marked_at <= now() - make_interval(secs => ?)
                ), due AS (
                    SELECT marked_at, below FROM old
                    -- A mark of an earlier version tells only of what had ended.
                    WHERE coalesce(begun_below, below) <= (SELECT below FROM old ORDER BY marked_at DESC LIMIT 1)
                    ORDER BY marked_at DESC LIMIT 1
                ), passed AS (
                    DELETE FROM outbox_mark WHERE marked_at < (SELECT marked_at FROM due)
                )
                DELETE FROM outbox_event WHERE id = ANY (ARRAY(
                    SELECT id FROM outbox_event WHERE transaction_id < (SELECT below FROM due)
                        -- A restored database may have ids of transactions that are still to come, and old marks above them.
                        AND occurred_at < now() - make_interval(secs => ?)
                    ORDER BY transaction_id, id LIMIT ? FOR UPDATE SKIP LOCKED))
                """, seconds / MARKS, seconds, seconds, most));
    }
}
