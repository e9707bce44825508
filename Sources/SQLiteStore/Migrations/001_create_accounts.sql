-- Companies, the people who sign in, and the invitations for agents.
--
-- Everywhere: `id` is internal and never shown; `uuid` is the 16 bytes of the public id; times are milliseconds since 1970 UTC;
-- columns named `…_key` hold the lowercased text by which something is unique, searched or sorted.

create table companies (
    id integer primary key,
    uuid blob not null unique,
    name text not null,
    name_key text not null unique,
    created_at integer not null,
    constraint companies_uuid_length check (length(uuid) = 16),
    constraint companies_name_length check (length(name) between 1 and 200)
) strict;

create table users (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    email text not null,
    email_key text not null unique,
    password_hash text not null,
    role text not null,
    created_at integer not null,
    constraint users_uuid_length check (length(uuid) = 16),
    constraint users_role check (role in ('owner', 'admin', 'analyst', 'viewer', 'auditor'))
) strict;

create index users_by_company on users (company_id);

-- A session is a chain of refresh tokens, of which the newest works.
create table sessions (
    id integer primary key,
    uuid blob not null unique,
    user_id integer not null references users (id) on delete cascade,
    created_at integer not null,
    -- When the newest refresh token stops working.
    expires_at integer not null,
    revoked_at integer,
    constraint sessions_uuid_length check (length(uuid) = 16)
) strict;

create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

-- Used tokens stay as long as their session, because a second use of one is how a theft is noticed.
create table refresh_tokens (
    hash blob not null primary key,
    session_id integer not null references sessions (id) on delete cascade,
    expires_at integer not null,
    used_at integer,
    constraint refresh_tokens_hash_length check (length(hash) = 32)
) strict, without rowid;

create index refresh_tokens_by_session on refresh_tokens (session_id);

create table enrollment_tokens (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    hash blob not null unique,
    label text not null,
    maximum_uses integer not null,
    uses integer not null default 0,
    expires_at integer not null,
    revoked_at integer,
    created_at integer not null,
    constraint enrollment_tokens_uuid_length check (length(uuid) = 16),
    constraint enrollment_tokens_hash_length check (length(hash) = 32),
    constraint enrollment_tokens_uses check (uses between 0 and maximum_uses)
) strict;

create index enrollment_tokens_by_company on enrollment_tokens (company_id, created_at desc, uuid);
