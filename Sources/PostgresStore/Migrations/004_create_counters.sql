-- What the lists and the overview of a company need and could be recomputed from inventories and verdicts, and the event log.

create table company_vulnerabilities (
    company_id integer not null references companies (id),
    vulnerability_id integer not null,
    -- Agents that are affected.
    agents integer not null,
    -- Of these, how many have a package with a fix in its own release.
    fixable_agents integer not null,
    -- Agents for which no answer can be given, and which are not affected through another package.
    undetermined_agents integer not null,
    -- As in `vulnerabilities`; here for the order and the filters of the list.
    name text collate "C" not null,
    severity smallint not null,
    risk smallint not null,
    exploited boolean not null,
    -- A column of its own, so that the index below does not change with every agent that comes or goes.
    is_affected boolean not null generated always as (agents > 0) stored,
    primary key (company_id, vulnerability_id),
    constraint company_vulnerabilities_agents check (
        agents >= 0 and fixable_agents between 0 and agents and undetermined_agents >= 0)
) partition by hash (company_id);
-- The list.
create index company_vulnerabilities_by_risk on company_vulnerabilities (company_id, risk desc, name) where is_affected;

-- The counts of a company at the end of each of the last 168 hours in which something changed.
create table company_hours (
    company_id integer not null references companies (id),
    hour timestamptz not null,
    critical integer not null,
    high integer not null,
    medium integer not null,
    low integer not null,
    unknown integer not null,
    exploited integer not null,
    fixable integer not null,
    undetermined integer not null,
    agents integer not null,
    primary key (company_id, hour)
) partition by hash (company_id);

create sequence event_ids;

-- Ids come from a sequence, taken while the company's lock is held: within a company a higher id is never seen before a lower one.
create table events (
    company_id integer not null references companies (id),
    id bigint not null,
    at timestamptz not null,
    kind text not null,
    -- By kind.
    data jsonb not null,
    primary key (company_id, id),
    constraint events_kind check (kind in ('agent_enrolled', 'inventory_applied', 'verdicts_changed'))
) partition by hash (company_id);

-- The counts of a company as they are now, moved by every change, and the next number of an inventory. A row a company: nothing to partition.
create table company_totals (
    company_id integer primary key references companies (id),
    critical integer not null default 0,
    high integer not null default 0,
    medium integer not null default 0,
    low integer not null default 0,
    unknown integer not null default 0,
    exploited integer not null default 0,
    fixable integer not null default 0,
    undetermined integer not null default 0,
    -- Pairs of agent and vulnerability.
    exposures bigint not null default 0,
    agents integer not null default 0,
    -- Distinct packages.
    packages integer not null default 0,
    next_inventory integer not null default 0,
    constraint company_totals_counts check (
        least(critical, high, medium, low, unknown, exploited, fixable, undetermined, exposures, agents, packages) >= 0)
);
-- Changed with every inventory: room for the next versions beside the row.
alter table company_totals set (fillfactor = 20);

-- Numbers of inventories that came free.
create table free_inventory_numbers (
    company_id integer not null references companies (id),
    number integer not null,
    primary key (company_id, number)
);

do $$
declare
    part text;
begin
    foreach part in array array['company_vulnerabilities', 'company_hours', 'events'] loop
        for number in 0 .. 7 loop
            execute format(
                'create table %I partition of %I for values with (modulus 8, remainder %s)', part || '_' || number, part, number);
            -- A part is reached through its table only: asked itself, it shows nothing.
            execute format('alter table %I enable row level security, force row level security', part || '_' || number);
        end loop;
    end loop;
    foreach part in array array['company_vulnerabilities', 'company_hours', 'events', 'company_totals', 'free_inventory_numbers'] loop
        execute format('alter table %I enable row level security, force row level security', part);
        execute format(
            'create policy %I on %I using (company_id = current_company())', part || '_of_company', part);
    end loop;
    for number in 0 .. 7 loop
        execute format('alter table %I set (fillfactor = 85)', 'company_vulnerabilities_' || number);
    end loop;
end
$$;
