-- Texts compare without case, by lower(): for all letters, and not those of ASCII only.
--
-- Rewrites app_user, which waits for all its readers and writers and holds them up meanwhile: 11 s for 200,000 users with a
-- million memberships, on two slow cores. Of memberships only those of users whose search text changes are written.

-- With the locale C lower() knows no other letters: "Émilie" would not be found by "émilie", and two users could share an e-mail.
DO $$
BEGIN
    IF lower('É') <> 'é' THEN
        RAISE EXCEPTION 'The database folds the case of ASCII letters only: create it with a UTF-8 locale, such as C.UTF-8.';
    END IF;
END
$$;

-- A user's search text was made by one lower() of all columns together. As the id's collation is "C", that was the collation of
-- the whole. (An expression that is there can be replaced from PostgreSQL 17 on only.)
DROP INDEX app_user_search;
DROP TRIGGER app_user_copy_to_memberships ON app_user;
ALTER TABLE app_user
    DROP COLUMN search,
    ADD COLUMN search text NOT NULL GENERATED ALWAYS AS (
        lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || chr(10) || coalesce(email_address, '') || chr(10)
            || coalesce(username, '') || chr(10) || coalesce(phone_number, '')) || chr(10) || lower(id)) STORED;
CREATE INDEX app_user_search ON app_user USING gin (instance_id, search gin_trgm_ops);
CREATE TRIGGER app_user_copy_to_memberships AFTER UPDATE ON app_user
    FOR EACH ROW WHEN (OLD.search IS DISTINCT FROM NEW.search OR OLD.banned IS DISTINCT FROM NEW.banned)
    EXECUTE FUNCTION app_user_copy_to_memberships();
UPDATE membership m SET search = u.search FROM app_user u
    WHERE u.instance_id = m.instance_id AND u.id = m.user_id AND u.search <> m.search;
