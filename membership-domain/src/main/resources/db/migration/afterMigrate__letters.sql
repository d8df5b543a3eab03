-- A warning only: what is searched for is found all the same, but by reading all users of an instance. The locale cannot be
-- changed without restoring the database into another, and the installations that need no other letters need not do so.
DO $$
BEGIN
    IF show_trgm('é') = '{}' THEN
        RAISE WARNING 'The database''s LC_CTYPE is C: searching for letters beyond ASCII uses no index. C.UTF-8 would do better; '
            'LC_CTYPE is chosen when a database is created.';
    END IF;
END
$$;
