-- Tokens that give a user a password, once. At most one for each user.

create table password_resets (
    user_id uuid primary key references users (id) on delete cascade,
    company_id integer not null references companies (id),
    hash bytea not null,
    expires_at timestamptz not null,
    -- Also serves whoever presents one, of whom nothing else is known.
    constraint password_resets_hash unique (hash),
    constraint password_resets_hash_length check (length(hash) = 32)
);
alter table password_resets enable row level security, force row level security;
create policy password_resets_of_company on password_resets
    using (company_id = current_company() or encode(hash, 'hex') = presented_key());
