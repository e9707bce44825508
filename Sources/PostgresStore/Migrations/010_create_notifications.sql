-- Who wants to be told of findings, and what is to be told: an outbox, written in the transaction that first sees the finding. Rows come and
-- go; nothing is partitioned.

create table notification_endpoints (
    id uuid primary key,
    company_id integer not null references companies (id),
    kind text not null,
    -- URL or e-mail address.
    target text not null,
    label text not null,
    -- As in vulnerabilities.severity; 0 wants all.
    minimum_severity smallint not null,
    exploited_only boolean not null,
    -- With which requests are signed. No answer of the API holds it.
    secret bytea not null,
    created_by text not null,
    created_at timestamptz not null,
    -- What notifications refer to, which name their company as well.
    constraint notification_endpoints_of_company unique (company_id, id),
    constraint notification_endpoints_kind check (kind in ('webhook', 'email')),
    constraint notification_endpoints_severity check (minimum_severity between 0 and 5)
);

create table notifications (
    id uuid primary key,
    company_id integer not null,
    endpoint_id uuid not null,
    type text not null,
    -- What makes it one: agent, vulnerability and the moment it was first seen.
    dedupe_key text collate "C" not null,
    -- JSON, the same with every try. A text and not `jsonb`: the signature is over its bytes.
    payload text not null,
    state text not null default 'waiting',
    attempts integer not null default 0,
    created_at timestamptz not null,
    -- When it is tried next, or when whoever tries it now has to be done.
    due_at timestamptz not null,
    failure text,
    -- When it was delivered or died.
    ended_at timestamptz,
    foreign key (company_id, endpoint_id) references notification_endpoints (company_id, id) on delete cascade,
    constraint notifications_state check (state in ('waiting', 'delivered', 'dead')),
    constraint notifications_ended check ((state = 'waiting') = (ended_at is null)),
    -- One for each finding that is first seen. Also serves the removal of an endpoint.
    constraint notifications_once unique (company_id, endpoint_id, dedupe_key)
);
-- What is due.
create index notifications_waiting on notifications (company_id, due_at) where state = 'waiting';
-- The list.
create index notifications_by_company on notifications (company_id, created_at desc, id);
-- What can be forgotten.
create index notifications_ended on notifications (company_id, ended_at) where ended_at is not null;

alter table notification_endpoints enable row level security, force row level security;
create policy notification_endpoints_of_company on notification_endpoints using (company_id = current_company());
alter table notifications enable row level security, force row level security;
create policy notifications_of_company on notifications using (company_id = current_company());
-- A deliverer asks which companies have something that is due; the installation's own transaction sees what waits, and changes nothing.
create policy notifications_that_wait on notifications for select
    using (state = 'waiting' and current_setting('zerotrace.installation', true) = 'on');
