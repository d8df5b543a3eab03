-- How to read the outbox, anew: a transaction takes its id when it first locks or writes something, and may then wait for who
-- changes the same thing, so that in the order (transaction_id, id) an organization's later change could come first.
--
-- A comment, and a column of a small table: nobody waits for it.

-- By default, because processes of the version before write marks, too, until the last of them is replaced.
ALTER TABLE outbox_mark ADD COLUMN begun_below xid8;
ALTER TABLE outbox_mark ALTER COLUMN begun_below SET DEFAULT pg_current_xact_id();
COMMENT ON TABLE outbox_mark IS
'At that time every transaction below "below" had ended, and every one that had begun was below "begun_below": when all of
those have ended, too (a later mark''s "below" says so), the events of the former could be read. Written only where
MEMBERSHIP_EVENTS_KEPT is set; about a hundred rows.';

COMMENT ON TABLE outbox_event IS
'One row for each change, written in the change''s own transaction.
How to read it in the order of id and miss nothing: an id is taken while the changed row is locked, so that of the changes of
one organization, user, role or permission the later one has the larger id. But "id > last seen" skips rows whose transaction
commits later than one with larger ids. So find out first how far ids are taken, and wait until nobody can still commit a
smaller one. Run each statement in a transaction of its own, on the primary:
1. Up to where there are rows, and a mark above all transactions that have begun, those of smaller ids among them ($1: the id
   that was read last, at first 0; no row: there is nothing new):
    SELECT max(id), pg_current_xact_id() FROM outbox_event HAVING max(id) > $1;
2. Whether all those transactions have ended ($1: the mark); again until it is true:
    SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1;
3. The rows ($1: the id that was read last, $2: max(id) of the first statement); again until there are fewer than 1000:
    SELECT * FROM outbox_event WHERE id > $1 AND id <= $2 ORDER BY id LIMIT 1000;
Only the id that was read last has to be remembered. A mark is of no use after a restore.
A consumer of one organization may read by organization_sequence instead: it begins at 1, has no gaps, and is handed
out under the lock of the organization''s counter row, so that a smaller number is always committed first.
Rows stay until they are deleted: by whoever runs the service, or, where MEMBERSHIP_EVENTS_KEPT is set, by the service
that long after they could first be read. A consumer that is further behind than that finds that numbers are missing.';
