-- The audit log: what was changed in a company, by whom, from where. It only grows: the server's role may read and append, and a trigger
-- refuses everything else to others as well. Every entry holds the hash of the one before, so that a change past both shows.

create table audit_entries (
    company_id integer not null references companies (id),
    -- 1, 2, 3, … within the company.
    sequence bigint not null,
    at timestamptz not null,
    actor_kind text not null,
    actor_id text,
    actor_name text,
    action text not null,
    subject text,
    -- JSON, texts by name, keys sorted. A text and not `jsonb`: what was hashed must come back byte by byte.
    details text not null,
    address text,
    request_id text,
    previous bytea not null,
    hash bytea not null,
    -- Also the order of the list.
    primary key (company_id, sequence),
    constraint audit_entries_hashes check (length(previous) = 32 and length(hash) = 32)
) partition by hash (company_id);
-- The filters of the list; the number is the order.
create index audit_entries_by_action on audit_entries (company_id, action, sequence);
create index audit_entries_by_actor on audit_entries (company_id, actor_id, sequence) where actor_id is not null;
create index audit_entries_by_subject on audit_entries (company_id, subject, sequence) where subject is not null;

-- The last entry of each company. Its row is locked while an entry is appended, so that the chain does not fork; and without it nobody would
-- miss entries cut off at the end.
create table audit_heads (
    company_id integer primary key references companies (id),
    sequence bigint not null,
    hash bytea not null,
    constraint audit_heads_hash check (length(hash) = 32)
);

create function refuse_change_of_audit_log() returns trigger language plpgsql
    as $$ begin raise exception 'the audit log only grows' using errcode = 'insufficient_privilege'; end $$;

do $$
declare
    part text;
begin
    for number in 0 .. 7 loop
        part := 'audit_entries_' || number;
        execute format('create table %I partition of audit_entries for values with (modulus 8, remainder %s)', part, number);
        -- A part is reached through its table only: asked itself, it shows nothing.
        execute format('alter table %I enable row level security, force row level security', part);
    end loop;
    foreach part in array array['audit_entries', 'audit_heads'] loop
        execute format('alter table %I enable row level security, force row level security', part);
        execute format('create policy %I on %I using (company_id = current_company())', part || '_of_company', part);
    end loop;
end
$$;

create trigger audit_entries_stay before update or delete on audit_entries
    for each row execute function refuse_change_of_audit_log();
