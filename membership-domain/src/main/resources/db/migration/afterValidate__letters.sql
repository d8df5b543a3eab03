-- At every start, migrating or not: a database that was restored into one of another locale has a schema that is right.
DO $$
BEGIN
    IF lower('É') <> 'é' THEN
        RAISE EXCEPTION 'The database folds the case of ASCII letters only: create it with a UTF-8 locale, such as C.UTF-8.';
    END IF;
END
$$;
