-- Fills the benchmark's instance in bulk: 200,001 users, 10,001 organizations, 1,002,000 memberships.
-- psql variables: instance, member, admin, billing (ids of roles).
--
-- Everything has a number, and ids are numbers of 19 digits: pgbench can only reckon, and is to address the same rows as
-- the callers (Population.java). Organization 1 has 100,000 members, 2 to 4 have 10,000, 1,000 and 100, the others 88 and,
-- 2,000 of them, the busy user too; organization 10,001 has none yet.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SET maintenance_work_mem = '1GB';
-- No triggers and no look-ups of foreign keys: what they would do is done below, for all rows at once.
SET session_replication_role = replica;

CREATE TEMP TABLE dropped AS
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid IN ('app_user'::regclass, 'membership'::regclass) AND c.oid IS NULL;
SELECT 'DROP INDEX ' || name FROM dropped \gexec

\echo users
INSERT INTO app_user (instance_id, id, username, first_name, last_name, email_address, created_at, updated_at)
SELECT :'instance', 1000000000000000000 + n, lower(f.name || '.' || l.name || n), f.name, l.name,
    lower(f.name || '.' || l.name || n || '@example.com'),
    timestamptz '2025-01-01' + n * interval '1 minute', timestamptz '2025-01-01' + n * interval '1 minute'
FROM generate_series(0, 200000) AS n
CROSS JOIN LATERAL (SELECT (ARRAY['Ada', 'Alan', 'Barbara', 'Claude', 'Donald', 'Edsger', 'Frances', 'Grace', 'Hedy',
    'Ivan', 'Jean', 'Karen', 'Leslie', 'Margaret', 'Niklaus', 'Ole', 'Peter', 'Radia', 'Sophie', 'Tim'])[1 + n % 20] AS name) f
-- 1,000 last names of two or three syllables, spread so that neighbours differ.
CROSS JOIN LATERAL (SELECT initcap(a.s || b.s || c.s) AS name
    FROM (SELECT (ARRAY['ko', 'ma', 'ri', 'ten', 'sol', 'ber', 'val', 'dun', 'hay', 'quin'])[1 + (n * 7919::bigint) % 10] AS s) a,
        (SELECT (ARRAY['la', 'ne', 'vi', 'sto', 'ga', 'mer', 'por', 'zan', 'do', 'fy'])[1 + (n / 10) % 10] AS s) b,
        (SELECT (ARRAY['son', 'berg', 'er', 'ski', 'mann', 'ton', 'ez', 'ley', 'ov', 'ini'])[1 + (n / 100) % 10] AS s) c) l;

\echo organizations
INSERT INTO organization (instance_id, id, name, slug, admin_delete_enabled, created_at, updated_at)
SELECT :'instance', 2000000000000000000 + o, 'Organization ' || o, 'organization-' || o, true,
    timestamptz '2025-06-01' + o * interval '1 minute', timestamptz '2025-06-01' + o * interval '1 minute'
FROM generate_series(1, 10001) AS o;

\echo memberships
INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at,
    username_key, first_name_key, last_name_key, email_key, phone_key, search)
SELECT :'instance', 3000000000000000000 + m.o * 1000000::bigint + m.place, 2000000000000000000 + m.o, u.id,
    CASE WHEN m.place = 0 THEN :'admin' WHEN m.place % 50 = 1 THEN :'billing' ELSE :'member' END,
    timestamptz '2026-01-01' + m.place * interval '1 second' + m.o * interval '1 millisecond',
    timestamptz '2026-01-01' + m.place * interval '1 second' + m.o * interval '1 millisecond',
    u.username_key, u.first_name_key, u.last_name_key, u.email_key, u.phone_key, u.search
FROM (
    SELECT o, place, (CASE WHEN o < 5 THEN 0 ELSE o * 88 END + place) % 200000 AS n
    FROM generate_series(1, 10000) AS o
    CROSS JOIN LATERAL generate_series(0,
        CASE o WHEN 1 THEN 100000 WHEN 2 THEN 10000 WHEN 3 THEN 1000 WHEN 4 THEN 100 ELSE 88 END - 1) AS place
    UNION ALL
    SELECT o, 500000, 200000 FROM generate_series(5, 2004) AS o) m
JOIN app_user u ON u.instance_id = :'instance' AND u.id = (1000000000000000000 + m.n)::text;

INSERT INTO organization_counter (instance_id, organization_id, max_allowed_memberships, members_count,
    elevated_members_count, event_sequence)
SELECT o.instance_id, o.id, 1000000, count(m.id), count(m.id) FILTER (WHERE m.role_id = :'admin'), count(m.id) + 1
FROM organization o LEFT JOIN membership m ON m.instance_id = o.instance_id AND m.organization_id = o.id
WHERE o.instance_id = :'instance'
GROUP BY o.instance_id, o.id;

\echo indexes
SELECT definition FROM dropped \gexec
VACUUM (ANALYZE) app_user, membership, organization, organization_counter, role;
