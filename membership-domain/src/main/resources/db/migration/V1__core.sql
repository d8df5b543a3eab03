-- Every row belongs to an instance, every key begins with it and every foreign key carries it:
-- a row cannot refer to another instance's row, whatever a statement forgets.
-- Ids compare bytewise (collation C), so that time-ordered ids also order by time here.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- One value for the whole installation: the key under which page tokens are sealed, the same for every process.
CREATE TABLE installation (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    page_token_key bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
INSERT INTO installation DEFAULT VALUES;

CREATE TABLE instance (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- ------------------------------------------------------------------------------------------ callers

CREATE TABLE secret_key (
    instance_id text COLLATE "C" NOT NULL REFERENCES instance,
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    -- SHA-256 of the whole key; a key has 160 random bits, so a slow hash would add nothing.
    hash bytea NOT NULL,
    hint text NOT NULL,
    read_only boolean NOT NULL,
    -- Names of the operations the key may call; NULL: all of them.
    operations text[],
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (instance_id, id),
    CONSTRAINT secret_key_hash_key UNIQUE (hash)
);

CREATE TABLE token_issuer (
    instance_id text COLLATE "C" NOT NULL REFERENCES instance,
    id text COLLATE "C" NOT NULL,
    issuer text NOT NULL,
    jwks_uri text NOT NULL,
    audience text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (instance_id, id),
    -- A token names its issuer and nothing else, so an issuer belongs to one instance.
    CONSTRAINT token_issuer_issuer_key UNIQUE (issuer)
);

-- -------------------------------------------------------------------------------------------- users

CREATE TABLE app_user (
    instance_id text COLLATE "C" NOT NULL REFERENCES instance,
    id text COLLATE "C" NOT NULL,
    external_id text,
    username text,
    first_name text,
    last_name text,
    email_address text,
    phone_number text,
    image_url text,
    banned boolean NOT NULL DEFAULT false,
    create_organization_enabled boolean NOT NULL DEFAULT true,
    -- NULL: the default of 100; 0: no limit.
    create_organizations_limit int CHECK (create_organizations_limit >= 0),
    last_active_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    username_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(coalesce(username, ''))) STORED,
    first_name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(coalesce(first_name, ''))) STORED,
    last_name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(coalesce(last_name, ''))) STORED,
    email_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(coalesce(email_address, ''))) STORED,
    phone_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (coalesce(phone_number, '')) STORED,
    search text NOT NULL GENERATED ALWAYS AS (lower(
        coalesce(first_name, '') || ' ' || coalesce(last_name, '') || chr(10) || coalesce(email_address, '') || chr(10)
        || coalesce(username, '') || chr(10) || coalesce(phone_number, '') || chr(10) || id)) STORED,
    PRIMARY KEY (instance_id, id)
);
CREATE UNIQUE INDEX app_user_external_id_key ON app_user (instance_id, external_id);
CREATE UNIQUE INDEX app_user_email_key ON app_user (instance_id, email_key) WHERE email_address IS NOT NULL;
CREATE UNIQUE INDEX app_user_username_key ON app_user (instance_id, username_key) WHERE username IS NOT NULL;
CREATE UNIQUE INDEX app_user_phone_key ON app_user (instance_id, phone_key) WHERE phone_number IS NOT NULL;
CREATE INDEX app_user_by_created ON app_user (instance_id, created_at, id);
CREATE INDEX app_user_by_updated ON app_user (instance_id, updated_at, id);
CREATE INDEX app_user_by_email ON app_user (instance_id, email_key, id);
CREATE INDEX app_user_by_phone ON app_user (instance_id, phone_key, id);
CREATE INDEX app_user_by_username ON app_user (instance_id, username_key, id);
CREATE INDEX app_user_by_first_name ON app_user (instance_id, first_name_key, id);
CREATE INDEX app_user_by_last_name ON app_user (instance_id, last_name_key, id);
CREATE INDEX app_user_search ON app_user USING gin (instance_id, search gin_trgm_ops);

-- ---------------------------------------------------------------------------- roles and permissions

CREATE TABLE permission (
    instance_id text COLLATE "C" NOT NULL REFERENCES instance,
    id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    system boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (instance_id, id),
    CONSTRAINT permission_key_key UNIQUE (instance_id, key)
);

CREATE TABLE role (
    instance_id text COLLATE "C" NOT NULL REFERENCES instance,
    id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    description text,
    -- False for the two roles every instance begins with: only custom ones count against the roles' quota.
    custom boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    -- Kept by triggers: the keys of the role's permissions, so that a check needs no join over them.
    permission_keys text[] NOT NULL DEFAULT '{}',
    elevated boolean NOT NULL GENERATED ALWAYS AS (permission_keys @> ARRAY[
        'org:sys_memberships:manage', 'org:sys_memberships:read', 'org:sys_profile:delete']) STORED,
    PRIMARY KEY (instance_id, id),
    CONSTRAINT role_key_key UNIQUE (instance_id, key)
);
COMMENT ON COLUMN role.elevated IS
    'Holds the minimum permissions: some member of an organization must keep a role that has them all.';

CREATE TABLE role_permission (
    instance_id text COLLATE "C" NOT NULL,
    role_id text COLLATE "C" NOT NULL,
    permission_id text COLLATE "C" NOT NULL,
    CONSTRAINT role_permission_pkey PRIMARY KEY (instance_id, role_id, permission_id),
    FOREIGN KEY (instance_id, role_id) REFERENCES role ON DELETE CASCADE,
    FOREIGN KEY (instance_id, permission_id) REFERENCES permission ON DELETE CASCADE
);
CREATE INDEX role_permission_by_permission ON role_permission (instance_id, permission_id);

CREATE FUNCTION refresh_permission_keys(of_instance text, of_roles text[]) RETURNS void LANGUAGE sql AS $$
    UPDATE role SET permission_keys = ARRAY(
        SELECT p.key FROM role_permission rp
        JOIN permission p ON p.instance_id = rp.instance_id AND p.id = rp.permission_id
        WHERE rp.instance_id = role.instance_id AND rp.role_id = role.id
        ORDER BY p.key)
    WHERE instance_id = of_instance AND id = ANY (of_roles);
$$;

CREATE FUNCTION role_permission_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_permission_keys(instance_id, array_agg(DISTINCT role_id)) FROM changed GROUP BY instance_id;
    RETURN NULL;
END $$;
CREATE TRIGGER role_permission_inserted AFTER INSERT ON role_permission
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION role_permission_changed();
CREATE TRIGGER role_permission_deleted AFTER DELETE ON role_permission
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION role_permission_changed();

CREATE FUNCTION permission_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_permission_keys(NEW.instance_id, ARRAY(
        SELECT role_id FROM role_permission WHERE instance_id = NEW.instance_id AND permission_id = NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER permission_renamed AFTER UPDATE OF key ON permission
    FOR EACH ROW WHEN (OLD.key IS DISTINCT FROM NEW.key) EXECUTE FUNCTION permission_renamed();

CREATE TABLE organization_settings (
    instance_id text COLLATE "C" PRIMARY KEY REFERENCES instance,
    enabled boolean NOT NULL DEFAULT true,
    max_allowed_memberships int NOT NULL DEFAULT 5 CHECK (max_allowed_memberships >= 0),
    max_allowed_roles int NOT NULL DEFAULT 10 CHECK (max_allowed_roles >= 0),
    max_allowed_domains int NOT NULL DEFAULT 10 CHECK (max_allowed_domains >= 0),
    admin_delete_enabled boolean NOT NULL DEFAULT true,
    slug_disabled boolean NOT NULL DEFAULT false,
    domains_enabled boolean NOT NULL DEFAULT false,
    domains_enrollment_modes text[] NOT NULL DEFAULT '{}',
    creator_role_id text COLLATE "C" NOT NULL,
    domains_default_role_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    CONSTRAINT organization_settings_creator_role_fkey FOREIGN KEY (instance_id, creator_role_id) REFERENCES role,
    CONSTRAINT organization_settings_default_role_fkey FOREIGN KEY (instance_id, domains_default_role_id) REFERENCES role
);

-- ------------------------------------------------------------------------------------ organizations

CREATE TABLE organization (
    instance_id text COLLATE "C" NOT NULL REFERENCES instance,
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    slug text COLLATE "C" NOT NULL,
    image_url text,
    admin_delete_enabled boolean NOT NULL,
    public_metadata jsonb NOT NULL DEFAULT '{}',
    private_metadata jsonb NOT NULL DEFAULT '{}',
    -- A user's id at the time; no foreign key, because the organization outlives its creator.
    created_by text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    -- Set by the deletion, which is complete for every reader then; its members are removed afterwards, in batches.
    deleted_at timestamptz,
    name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    search text NOT NULL GENERATED ALWAYS AS (lower(name) || chr(10) || slug || chr(10) || lower(id)) STORED,
    PRIMARY KEY (instance_id, id)
);
CREATE UNIQUE INDEX organization_slug_key ON organization (instance_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX organization_by_created ON organization (instance_id, created_at, id);
CREATE INDEX organization_by_name ON organization (instance_id, name_key, id);
CREATE INDEX organization_by_creator ON organization (instance_id, created_by) WHERE deleted_at IS NULL;
CREATE INDEX organization_search ON organization USING gin (instance_id, search gin_trgm_ops);
CREATE INDEX organization_deleted ON organization (deleted_at) WHERE deleted_at IS NOT NULL;

-- What changes with each membership, apart from what describes the organization: the row is narrow and without
-- indexes, because every change in an organization locks and rewrites it (and so stands in line here, and nowhere else).
CREATE TABLE organization_counter (
    instance_id text COLLATE "C" NOT NULL,
    organization_id text COLLATE "C" NOT NULL,
    max_allowed_memberships int NOT NULL CHECK (max_allowed_memberships >= 0),
    members_count int NOT NULL DEFAULT 0 CHECK (members_count >= 0),
    pending_invitations_count int NOT NULL DEFAULT 0 CHECK (pending_invitations_count >= 0),
    elevated_members_count int NOT NULL DEFAULT 0 CHECK (elevated_members_count >= 0),
    event_sequence bigint NOT NULL DEFAULT 0,
    -- Set with organization.deleted_at; here too, because whoever waits for this row's lock sees only this row anew.
    closed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (instance_id, organization_id),
    FOREIGN KEY (instance_id, organization_id) REFERENCES organization ON DELETE CASCADE,
    CHECK (elevated_members_count <= members_count)
) WITH (fillfactor = 50);

-- -------------------------------------------------------------------------------------- memberships

CREATE TABLE membership (
    instance_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    organization_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    role_id text COLLATE "C" NOT NULL,
    public_metadata jsonb NOT NULL DEFAULT '{}',
    private_metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    -- Copies of the user's sort keys and search text, kept by triggers: an organization's members can then be read in
    -- each order, from any place, by one index scan.
    username_key text COLLATE "C" NOT NULL,
    first_name_key text COLLATE "C" NOT NULL,
    last_name_key text COLLATE "C" NOT NULL,
    email_key text COLLATE "C" NOT NULL,
    phone_key text COLLATE "C" NOT NULL,
    search text NOT NULL,
    PRIMARY KEY (instance_id, id),
    CONSTRAINT membership_organization_user_key UNIQUE (instance_id, organization_id, user_id),
    CONSTRAINT membership_organization_fkey FOREIGN KEY (instance_id, organization_id) REFERENCES organization,
    CONSTRAINT membership_user_fkey FOREIGN KEY (instance_id, user_id) REFERENCES app_user,
    CONSTRAINT membership_role_fkey FOREIGN KEY (instance_id, role_id) REFERENCES role
);
CREATE INDEX membership_by_created ON membership (instance_id, organization_id, created_at, id);
CREATE INDEX membership_by_email ON membership (instance_id, organization_id, email_key, id);
CREATE INDEX membership_by_phone ON membership (instance_id, organization_id, phone_key, id);
CREATE INDEX membership_by_username ON membership (instance_id, organization_id, username_key, id);
CREATE INDEX membership_by_first_name ON membership (instance_id, organization_id, first_name_key, id);
CREATE INDEX membership_by_last_name ON membership (instance_id, organization_id, last_name_key, id);
CREATE INDEX membership_by_role ON membership (instance_id, role_id, organization_id, created_at, id);
CREATE INDEX membership_of_user ON membership (instance_id, user_id, created_at, id);
CREATE INDEX membership_of_instance ON membership (instance_id, created_at, id);
CREATE INDEX membership_search ON membership USING gin (instance_id, organization_id, search gin_trgm_ops);

-- The share lock keeps the user's row as it is until the membership is committed: a rename that runs at the same
-- time waits, and then finds the new membership to rename too.
CREATE FUNCTION membership_copy_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT u.username_key, u.first_name_key, u.last_name_key, u.email_key, u.phone_key, u.search
    INTO NEW.username_key, NEW.first_name_key, NEW.last_name_key, NEW.email_key, NEW.phone_key, NEW.search
    FROM app_user u WHERE u.instance_id = NEW.instance_id AND u.id = NEW.user_id FOR SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'membership_user_fkey', MESSAGE = 'no such user';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER membership_copy_user BEFORE INSERT ON membership
    FOR EACH ROW EXECUTE FUNCTION membership_copy_user();

CREATE FUNCTION app_user_copy_to_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE membership SET username_key = NEW.username_key, first_name_key = NEW.first_name_key,
        last_name_key = NEW.last_name_key, email_key = NEW.email_key, phone_key = NEW.phone_key, search = NEW.search
    WHERE instance_id = NEW.instance_id AND user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER app_user_copy_to_memberships AFTER UPDATE ON app_user
    FOR EACH ROW WHEN (OLD.search IS DISTINCT FROM NEW.search)
    EXECUTE FUNCTION app_user_copy_to_memberships();

-- ------------------------------------------------------------------------------ events, idempotency

CREATE TABLE outbox_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    instance_id text COLLATE "C" NOT NULL,
    organization_id text COLLATE "C",
    organization_sequence bigint,
    type text NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    before jsonb,
    after jsonb,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    operation text NOT NULL,
    request_id text,
    occurred_at timestamptz NOT NULL,
    CHECK ((organization_id IS NULL) = (organization_sequence IS NULL))
);
CREATE UNIQUE INDEX outbox_event_organization_sequence
    ON outbox_event (instance_id, organization_id, organization_sequence) WHERE organization_id IS NOT NULL;
CREATE INDEX outbox_event_commit_order ON outbox_event (transaction_id, id);
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
out under the lock of the organization''s counter row, so that a smaller number is always committed first.';

CREATE TABLE request_record (
    instance_id text COLLATE "C" NOT NULL,
    caller_id text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    -- SHA-256 of the operation and its arguments: the same id with another payload is refused.
    fingerprint bytea NOT NULL,
    response jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (instance_id, caller_id, request_id)
);
CREATE INDEX request_record_by_age ON request_record (created_at);
COMMENT ON TABLE request_record IS
'The answers to mutations that were sent with a request id, kept for 24 hours: a repetition gets the same answer. The
row is inserted by the mutation''s own transaction before anything else, so a twin that runs at the same time waits here.';
