-- Users to join, organizations, and members who stay. psql variables: instance, member, admin (ids of roles).
-- What has which number is in Call.java.
\set ON_ERROR_STOP on
SET session_replication_role = replica;
INSERT INTO app_user (instance_id, id, username, created_at, updated_at)
SELECT :'instance', 1000000000000000000 + n, 'user' || n, now(), now() FROM generate_series(0, :users - 1) AS n;
INSERT INTO organization (instance_id, id, name, slug, admin_delete_enabled, created_at, updated_at)
SELECT :'instance', 2000000000000000000 + o, 'Organization ' || o, 'organization-' || o, true, now(), now()
FROM generate_series(0, 49) AS o;
INSERT INTO organization_counter (instance_id, organization_id, max_allowed_memberships, members_count,
    elevated_members_count, event_sequence)
SELECT instance_id, id, 1000000, 100, 1, 0 FROM organization WHERE instance_id = :'instance';
INSERT INTO membership (instance_id, id, organization_id, user_id, role_id, created_at, updated_at,
    username_key, first_name_key, last_name_key, email_key, phone_key, search)
SELECT :'instance', 3000000000000000000 + n, 2000000000000000000 + n % 50, u.id,
    CASE WHEN n < 50 THEN :'admin' ELSE :'member' END, now(), now(),
    u.username_key, u.first_name_key, u.last_name_key, u.email_key, u.phone_key, u.search
FROM generate_series(0, 4999) AS n
JOIN app_user u ON u.instance_id = :'instance' AND u.id = (1000000000000000000 + n)::text;
VACUUM (ANALYZE) app_user, membership, organization, organization_counter, role;
