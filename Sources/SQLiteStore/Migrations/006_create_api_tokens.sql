-- Programs that act for people, and what a list of sessions shows.

create table api_tokens (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    -- Ends with its user.
    user_id integer not null references users (id) on delete cascade,
    hash blob not null unique,
    name text not null,
    -- Words with spaces between.
    scopes text not null,
    expires_at integer not null,
    revoked_at integer,
    created_at integer not null,
    last_used_at integer,
    constraint api_tokens_uuid_length check (length(uuid) = 16),
    constraint api_tokens_hash_length check (length(hash) = 32)
) strict;

create index api_tokens_by_company on api_tokens (company_id, created_at desc, uuid);
create index api_tokens_by_user on api_tokens (user_id);

-- Null for sessions older than this was kept.
alter table sessions add column address text;
alter table sessions add column used_at integer;
