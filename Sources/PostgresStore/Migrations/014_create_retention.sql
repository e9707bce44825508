-- How long a company keeps what only grows.

create table retention_policies (
    company_id integer primary key references companies (id),
    -- Days that events are kept; null for ever.
    event_days integer,
    constraint retention_policies_event_days check (event_days between 7 and 3650)
);
alter table retention_policies enable row level security, force row level security;
create policy retention_policies_of_company on retention_policies using (company_id = current_company());
