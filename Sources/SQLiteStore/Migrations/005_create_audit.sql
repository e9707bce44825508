-- The audit log: what was changed in a company, by whom, from where. It only grows; triggers refuse everything else, also to a program
-- that forgets itself. Every entry holds the hash of the one before, so that a change past the triggers shows.

create table audit_entries (
    company_id integer not null references companies (id),
    -- 1, 2, 3, … within the company.
    sequence integer not null,
    at integer not null,
    actor_kind text not null,
    actor_id text,
    actor_name text,
    action text not null,
    subject text,
    -- JSON, texts by name, keys sorted.
    details text not null,
    address text,
    request_id text,
    previous blob not null,
    hash blob not null,
    primary key (company_id, sequence),
    constraint audit_entries_hashes check (length(previous) = 32 and length(hash) = 32)
) strict, without rowid;

-- The filters of the list; the number is the order.
create index audit_entries_by_action on audit_entries (company_id, action, sequence);
create index audit_entries_by_actor on audit_entries (company_id, actor_id, sequence);
create index audit_entries_by_subject on audit_entries (company_id, subject, sequence);

create trigger audit_entries_stay before update on audit_entries
begin select raise(abort, 'the audit log only grows'); end;
create trigger audit_entries_remain before delete on audit_entries
begin select raise(abort, 'the audit log only grows'); end;

-- The last entry of each company: without it nobody would miss entries cut off at the end.
create table audit_heads (
    company_id integer primary key references companies (id),
    sequence integer not null,
    hash blob not null,
    constraint audit_heads_hash check (length(hash) = 32)
) strict;
