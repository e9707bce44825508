-- Tokens that give a user a password, once. At most one for each user.

create table password_resets (
    user_id integer primary key references users (id) on delete cascade,
    hash blob not null unique,
    expires_at integer not null,
    constraint password_resets_hash_length check (length(hash) = 32)
) strict;
