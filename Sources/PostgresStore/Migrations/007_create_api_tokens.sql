-- Programs that act for people, and what a list of sessions shows.

create table api_tokens (
    id uuid primary key,
    company_id integer not null references companies (id),
    -- Ends with its user.
    user_id uuid not null references users (id) on delete cascade,
    hash bytea not null,
    name text not null,
    -- Words with spaces between.
    scopes text not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null,
    last_used_at timestamptz,
    -- Also serves authentication, which knows nothing but the token.
    constraint api_tokens_hash unique (hash),
    constraint api_tokens_hash_length check (length(hash) = 32)
);
-- Serves the list, newest first.
create index api_tokens_by_company on api_tokens (company_id, created_at desc, id);
-- Deleting a user looks for the tokens.
create index api_tokens_by_user on api_tokens (user_id);
alter table api_tokens enable row level security, force row level security;
create policy api_tokens_of_company on api_tokens
    using (company_id = current_company() or encode(hash, 'hex') = presented_key());

-- Null for sessions older than this was kept.
alter table sessions add column address text, add column used_at timestamptz;
