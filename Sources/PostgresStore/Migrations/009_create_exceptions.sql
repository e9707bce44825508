-- What people add to findings, which stay derived (decision 23): labels of agents, and risks that are accepted for a time. Few rows, so
-- nothing is partitioned.

create table agent_labels (
    company_id integer not null references companies (id),
    label text collate "C" not null,
    agent_id uuid not null,
    -- Serves the agents that a label names.
    primary key (company_id, label, agent_id),
    foreign key (company_id, agent_id) references agents (company_id, id) on delete cascade
);
-- The labels of an agent; deleting one looks for them.
create index agent_labels_by_agent on agent_labels (company_id, agent_id);

create table exceptions (
    id uuid primary key,
    company_id integer not null references companies (id),
    -- Which findings: null where it does not matter.
    vulnerability text,
    -- Package URL without version.
    package text,
    label text,
    agent_id uuid,
    -- People by id and e-mail as it was then: they may leave, and who accepted what has to stay known.
    requested_by uuid not null,
    requested_name text not null,
    requested_at timestamptz not null,
    reason text not null,
    -- What is expired needs no change here: whoever reads compares with the time.
    expires_at timestamptz not null,
    -- Null until it is decided.
    approved boolean,
    decided_by uuid,
    decided_name text,
    decided_at timestamptz,
    comment text,
    revoked_by uuid,
    revoked_name text,
    revoked_at timestamptz,
    revocation text,
    -- When its end was written into the audit log.
    expiry_noted_at timestamptz,
    constraint exceptions_scope check (vulnerability is not null or package is not null),
    constraint exceptions_decided check (num_nulls(approved, decided_by, decided_name, decided_at, comment) in (0, 5)),
    constraint exceptions_revoked check (num_nulls(revoked_by, revoked_name, revoked_at, revocation) in (0, 4)),
    -- Four eyes.
    constraint exceptions_approved_by_another check (approved is not true or decided_by <> requested_by)
);
-- The list.
create index exceptions_by_company on exceptions (company_id, requested_at desc, id);
-- Those that may accept something, and those that have expired and are not noted yet; few of many.
create index exceptions_approved on exceptions (company_id, expires_at) where approved and revoked_at is null;
create index exceptions_to_note on exceptions (company_id, expires_at)
    where approved and revoked_at is null and expiry_noted_at is null;

alter table agent_labels enable row level security, force row level security;
create policy agent_labels_of_company on agent_labels using (company_id = current_company());
alter table exceptions enable row level security, force row level security;
create policy exceptions_of_company on exceptions using (company_id = current_company());

-- An exception finds what it is about also when the vulnerability's name has become one of its aliases.
create index vulnerabilities_by_alias on vulnerabilities using gin ((record -> 'aliases'));

-- The name of a package, which ends where version or qualifiers begin. By its sum, as names may be longer than an index has room for.
create index packages_by_unversioned on packages (md5(split_part(split_part(purl, '@', 1), '?', 1)));
