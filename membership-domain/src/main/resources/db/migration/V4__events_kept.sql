-- Where the outbox had been read up to at the most, and when: what deletes events goes by it (EventRetention).
--
-- A new table and a comment: nobody waits for it.
CREATE TABLE outbox_mark (
    marked_at timestamptz PRIMARY KEY,
    below xid8 NOT NULL
);
COMMENT ON TABLE outbox_mark IS
'At that time every transaction below that one had ended, so that its events could be read from then on. Written only where
MEMBERSHIP_EVENTS_KEPT is set; about a hundred rows.';

COMMENT ON TABLE outbox_event IS
'One row for each change, written in the change''s own transaction.
How to read it and miss nothing: transactions commit in another order than they take ids, so "id > last seen" skips
rows that are committed late. Read instead in the order (transaction_id, id), starting after the last pair seen, and
only rows whose transaction_id lies below pg_snapshot_xmin(pg_current_snapshot()): every transaction below that mark
has ended, so no row can still appear before the place reached:
    SELECT * FROM outbox_event
    WHERE (transaction_id, id) > ($1, $2) AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY transaction_id, id LIMIT 1000;
A consumer of one organization may read by organization_sequence instead: it begins at 1, has no gaps, and is handed
out under the lock of the organization''s counter row, so that a smaller number is always committed first.
Rows stay until they are deleted: by whoever runs the service, or, where MEMBERSHIP_EVENTS_KEPT is set, by the service
that long after they could first be read. A consumer that is further behind than that finds that numbers are missing.';
