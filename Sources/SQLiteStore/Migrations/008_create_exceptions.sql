-- What people add to findings, which stay derived (decision 23): labels of agents, and risks that are accepted for a time.

create table agent_labels (
    company_id integer not null references companies (id),
    label text not null,
    agent_id integer not null references agents (id) on delete cascade,
    -- Serves the agents that a label names.
    primary key (company_id, label, agent_id)
) strict, without rowid;

-- The labels of an agent.
create index agent_labels_by_agent on agent_labels (agent_id, label);

create table exceptions (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    -- Which findings: null where it does not matter.
    vulnerability text,
    -- Package URL without version.
    package text,
    label text,
    agent_uuid blob,
    -- People by id and e-mail as it was then: they may leave, and who accepted what has to stay known.
    requested_by blob not null,
    requested_name text not null,
    requested_at integer not null,
    reason text not null,
    -- What is expired needs no change here: whoever reads compares with the time.
    expires_at integer not null,
    -- 1 or 0 once it is decided.
    approved integer,
    decided_by blob,
    decided_name text,
    decided_at integer,
    comment text,
    revoked_by blob,
    revoked_name text,
    revoked_at integer,
    revocation text,
    -- When its end was written into the audit log.
    expiry_noted_at integer,
    constraint exceptions_uuid_length check (length(uuid) = 16),
    constraint exceptions_scope check (vulnerability is not null or package is not null),
    constraint exceptions_approved check (approved in (0, 1)),
    constraint exceptions_decided check (
        (approved is null) = (decided_by is null) and (approved is null) = (decided_name is null)
        and (approved is null) = (decided_at is null) and (approved is null) = (comment is null)),
    constraint exceptions_revoked check (
        (revoked_at is null) = (revoked_by is null) and (revoked_at is null) = (revoked_name is null)
        and (revoked_at is null) = (revocation is null)),
    -- Four eyes.
    constraint exceptions_approved_by_another check (approved is not 1 or decided_by <> requested_by)
) strict;

-- The list.
create index exceptions_by_company on exceptions (company_id, requested_at desc, uuid);
-- Those that may accept something, and those that have expired and are not noted yet; few of many.
create index exceptions_approved on exceptions (company_id, expires_at) where approved = 1 and revoked_at is null;
create index exceptions_to_note on exceptions (expires_at)
    where approved = 1 and revoked_at is null and expiry_noted_at is null;

-- The other ids of vulnerabilities, so that an exception finds what it is about when the name changes. Kept by triggers: it follows from
-- the record, whoever writes that.
create table vulnerability_aliases (
    alias text not null,
    vulnerability_id integer not null references vulnerabilities (id) on delete cascade,
    primary key (alias, vulnerability_id)
) strict, without rowid;

-- Those of a vulnerability whose record changes.
create index vulnerability_aliases_by_vulnerability on vulnerability_aliases (vulnerability_id);

insert into vulnerability_aliases (alias, vulnerability_id)
select distinct a.value, n.id from vulnerabilities n, json_each(n.record, '$.aliases') a;

create trigger vulnerability_aliases_insert after insert on vulnerabilities
begin
    insert or ignore into vulnerability_aliases (alias, vulnerability_id)
    select a.value, new.id from json_each(new.record, '$.aliases') a;
end;
create trigger vulnerability_aliases_update after update of record on vulnerabilities
when old.record is not new.record
begin
    delete from vulnerability_aliases where vulnerability_id = new.id;
    insert or ignore into vulnerability_aliases (alias, vulnerability_id)
    select a.value, new.id from json_each(new.record, '$.aliases') a;
end;
