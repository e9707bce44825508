-- Who wants to be told of findings, and what is to be told: an outbox, written in the transaction that first sees the finding.

create table notification_endpoints (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    kind text not null,
    -- URL or e-mail address.
    target text not null,
    label text not null,
    -- As in vulnerabilities.severity; 0 wants all.
    minimum_severity integer not null,
    exploited_only integer not null,
    -- With which requests are signed. No answer of the API holds it.
    secret blob not null,
    created_by text not null,
    created_at integer not null,
    constraint notification_endpoints_uuid_length check (length(uuid) = 16),
    constraint notification_endpoints_kind check (kind in ('webhook', 'email')),
    constraint notification_endpoints_severity check (minimum_severity between 0 and 5),
    constraint notification_endpoints_exploited check (exploited_only in (0, 1))
) strict;

-- The list, and who wants to hear of a finding.
create index notification_endpoints_by_company on notification_endpoints (company_id, created_at desc, uuid);

create table notifications (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    endpoint_id integer not null references notification_endpoints (id) on delete cascade,
    type text not null,
    -- What makes it one: agent, vulnerability and the moment it was first seen.
    dedupe_key text not null,
    -- JSON, the same with every try.
    payload text not null,
    state text not null default 'waiting',
    attempts integer not null default 0,
    created_at integer not null,
    -- When it is tried next, or when whoever tries it now has to be done.
    due_at integer not null,
    failure text,
    -- When it was delivered or died.
    ended_at integer,
    constraint notifications_uuid_length check (length(uuid) = 16),
    constraint notifications_state check (state in ('waiting', 'delivered', 'dead')),
    constraint notifications_ended check ((state = 'waiting') = (ended_at is null)),
    -- One for each finding that is first seen. Also serves the removal of an endpoint.
    constraint notifications_once unique (endpoint_id, dedupe_key)
) strict;

-- What is due, company by company.
create index notifications_waiting on notifications (company_id, due_at) where state = 'waiting';
-- The list.
create index notifications_by_company on notifications (company_id, created_at desc, uuid);
-- What can be forgotten.
create index notifications_ended on notifications (ended_at) where ended_at is not null;
