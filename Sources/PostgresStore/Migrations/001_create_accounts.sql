-- Companies, the people who sign in, and the invitations for agents.
--
-- Everywhere: ids that the API shows are `uuid`; times are `timestamptz` in whole milliseconds; columns named `…_key` hold the lowercased
-- text by which something is unique, searched or sorted, compared byte by byte (`collate "C"`).
--
-- Row level security is forced on every table that holds data of a company. A statement sees rows of the company that its transaction
-- names in `zerotrace.company`, and nothing when it names none. Before anybody is authenticated no company is known; then a row can be
-- found by whoever presents its key in `zerotrace.presented` (an email, the hash of a token, a random id), and no other row.

create function current_company() returns integer language sql stable parallel safe
    as $$ select nullif(current_setting('zerotrace.company', true), '')::integer $$;
create function presented_key() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('zerotrace.presented', true), '') $$;

-- One row per migration that was run. `requires` is the oldest program, by the number of its newest migration, that can work with the
-- database since then: a migration that only adds keeps it, one that takes away raises it.
create table schema_migrations (
    version integer primary key,
    name text not null,
    requires integer not null,
    applied_at timestamptz not null default now(),
    constraint schema_migrations_requires check (requires between 1 and version)
);

create table companies (
    -- Internal and never shown; part of every key, hence short.
    id integer generated always as identity primary key,
    uuid uuid not null,
    name text not null,
    name_key text collate "C" not null,
    created_at timestamptz not null,
    constraint companies_uuid unique (uuid),
    constraint companies_name_key unique (name_key),
    constraint companies_name_length check (length(name) between 1 and 200)
);
alter table companies enable row level security, force row level security;
-- A company sees itself. The list of all is the installation's, which says so in its transaction.
create policy companies_own on companies
    using (id = current_company() or current_setting('zerotrace.installation', true) = 'on');

create table users (
    id uuid primary key,
    company_id integer not null references companies (id),
    email text not null,
    email_key text collate "C" not null,
    password_hash text not null,
    role text not null,
    created_at timestamptz not null,
    -- Also serves sign-in, which knows nothing but the email.
    constraint users_email_key unique (email_key),
    constraint users_role check (role in ('owner', 'admin', 'analyst', 'viewer', 'auditor'))
);
-- Deleting a company looks for its users.
create index users_by_company on users (company_id);
alter table users enable row level security, force row level security;
create policy users_of_company on users
    using (company_id = current_company() or email_key = presented_key() or id::text = presented_key());

-- A session is a chain of refresh tokens, of which the newest works.
create table sessions (
    id uuid primary key,
    company_id integer not null references companies (id),
    user_id uuid not null references users (id) on delete cascade,
    created_at timestamptz not null,
    -- When the newest refresh token stops working.
    expires_at timestamptz not null,
    revoked_at timestamptz
);
-- Deleting a user looks for the sessions.
create index sessions_by_user on sessions (user_id);
-- Serves the clean-up of expired ones.
create index sessions_by_expiry on sessions (company_id, expires_at);
alter table sessions enable row level security, force row level security;
create policy sessions_of_company on sessions
    using (company_id = current_company() or id::text = presented_key());

-- Used tokens stay as long as their session, because a second use of one is how a theft is noticed.
create table refresh_tokens (
    hash bytea primary key,
    company_id integer not null references companies (id),
    session_id uuid not null references sessions (id) on delete cascade,
    expires_at timestamptz not null,
    used_at timestamptz,
    constraint refresh_tokens_hash_length check (length(hash) = 32)
);
-- Deleting a session looks for its tokens.
create index refresh_tokens_by_session on refresh_tokens (session_id);
alter table refresh_tokens enable row level security, force row level security;
create policy refresh_tokens_of_company on refresh_tokens
    using (company_id = current_company() or encode(hash, 'hex') = presented_key());

create table enrollment_tokens (
    id uuid primary key,
    company_id integer not null references companies (id),
    hash bytea not null,
    label text not null,
    maximum_uses integer not null,
    uses integer not null default 0,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null,
    -- Also serves enrollment, which knows nothing but the token.
    constraint enrollment_tokens_hash unique (hash),
    constraint enrollment_tokens_hash_length check (length(hash) = 32),
    constraint enrollment_tokens_uses check (uses between 0 and maximum_uses)
);
-- Serves the list, newest first.
create index enrollment_tokens_by_company on enrollment_tokens (company_id, created_at desc, id);
alter table enrollment_tokens enable row level security, force row level security;
create policy enrollment_tokens_of_company on enrollment_tokens
    using (company_id = current_company() or encode(hash, 'hex') = presented_key());

-- The keys of agents. Apart from `agents`, which is partitioned by company: a request for a token names the agent alone.
create table agent_keys (
    agent_id uuid primary key,
    company_id integer not null references companies (id),
    -- Ed25519.
    public_key bytea not null,
    -- One key is one agent of a company. Also finds the agent of a key that enrolls again.
    constraint agent_keys_public_key unique (company_id, public_key),
    constraint agent_keys_length check (length(public_key) = 32)
);
alter table agent_keys enable row level security, force row level security;
create policy agent_keys_of_company on agent_keys
    using (company_id = current_company() or agent_id::text = presented_key());
