-- Members are in the order of their names of now. A word that went from a user's first name to the last one, or back, left
-- the search text as it was, in which both follow each other: the memberships' copies of the names were not made anew then.
--
-- Reads all memberships once, and writes those that are wrong. Meanwhile users are read, but not written.
SET LOCAL statement_timeout = 0;
CREATE OR REPLACE TRIGGER app_user_copy_to_memberships AFTER UPDATE ON app_user
    FOR EACH ROW WHEN ((OLD.search, OLD.first_name_key, OLD.banned) IS DISTINCT FROM (NEW.search, NEW.first_name_key, NEW.banned))
    EXECUTE FUNCTION app_user_copy_to_memberships();
UPDATE membership m SET first_name_key = u.first_name_key, last_name_key = u.last_name_key FROM app_user u
    WHERE u.instance_id = m.instance_id AND u.id = m.user_id AND u.first_name_key <> m.first_name_key;
