-- Who deals with what until when (decision 23): few rows beside findings, which stay derived. Due dates are nowhere: they follow from the
-- policy and from when a finding was first seen.

create table sla_policies (
    company_id integer primary key references companies (id),
    -- JSON of SLAPolicy.
    policy text not null
) strict;

create table assignments (
    company_id integer not null references companies (id),
    vulnerability text not null,
    -- Goes with the user: the vulnerability is nobody's then.
    user_id integer not null references users (id) on delete cascade,
    assigned_at integer not null,
    primary key (company_id, vulnerability)
) strict, without rowid;

-- Deleting a user looks for the assignments.
create index assignments_by_user on assignments (user_id);

create table notes (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    vulnerability text not null,
    -- Package URL without version.
    package text,
    author blob not null,
    author_name text not null,
    at integer not null,
    text text not null,
    constraint notes_uuid_length check (length(uuid) = 16),
    constraint notes_text_length check (length(text) between 1 and 10000)
) strict;

-- The list.
create index notes_by_vulnerability on notes (company_id, vulnerability, at desc, uuid);

create trigger notes_stay before update on notes
begin select raise(abort, 'notes are only added'); end;
create trigger notes_remain before delete on notes
begin select raise(abort, 'notes are only added'); end;
