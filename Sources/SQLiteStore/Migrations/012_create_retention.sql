-- How long a company keeps what only grows.

create table retention_policies (
    company_id integer primary key references companies (id),
    -- Days that events are kept; null for ever.
    event_days integer check (event_days between 7 and 3650)
) strict;
