-- The text search among an organization's members. Without instance_id, whose list of entries is as long as the table
-- and had to be walked alongside: an organization belongs to one instance, and statements still compare both. The
-- members of a whole instance are searched by their users (app_user_search) instead.
--
-- New entries wait in a list, as they did: merging each at once costs an insertion 200 us more, under the lock of the
-- organization's counter. But every search reads that list, and whoever fills it merges it: at 1 MB, the entries of about
-- 500 memberships, that is up to 0.5 ms and about 70 ms; at the default of 4 MB it was 2 ms and 250 ms.
--
-- Memberships are read while it is built, but not written: about 10 s for a million. That may be longer than the service's
-- statements have time.
SET LOCAL statement_timeout = 0;
CREATE INDEX membership_search_by_organization ON membership USING gin (organization_id, search gin_trgm_ops)
    WITH (gin_pending_list_limit = 1024);
DROP INDEX membership_search;
ALTER INDEX membership_search_by_organization RENAME TO membership_search;
