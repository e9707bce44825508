-- Who deals with what until when (decision 23): few rows beside findings, which stay derived. Due dates are nowhere: they follow from the
-- policy and from when a finding was first seen.

create table sla_policies (
    company_id integer primary key references companies (id),
    -- SLAPolicy.
    policy jsonb not null
);

create table assignments (
    company_id integer not null references companies (id),
    vulnerability text collate "C" not null,
    -- Goes with the user: the vulnerability is nobody's then.
    user_id uuid not null references users (id) on delete cascade,
    assigned_at timestamptz not null,
    primary key (company_id, vulnerability)
);
-- Deleting a user looks for the assignments.
create index assignments_by_user on assignments (user_id);

create table notes (
    id uuid primary key,
    company_id integer not null references companies (id),
    vulnerability text collate "C" not null,
    -- Package URL without version.
    package text,
    author uuid not null,
    author_name text not null,
    at timestamptz not null,
    text text not null,
    constraint notes_text_length check (length(text) between 1 and 10000)
);
-- The list.
create index notes_by_vulnerability on notes (company_id, vulnerability, at desc, id);

do $$
declare
    part text;
begin
    foreach part in array array['sla_policies', 'assignments', 'notes'] loop
        execute format('alter table %I enable row level security, force row level security', part);
        execute format('create policy %I on %I using (company_id = current_company())', part || '_of_company', part);
    end loop;
end
$$;
