-- What the last scan of an agent cost its machine, as the agent told it. Apart from `agent_facts`, which a new scan seldom changes: a narrow row
-- that is written once a scan and that a company's percentiles are read from.

create table scan_costs (
    company_id integer not null,
    agent_id uuid not null,
    -- When the server first heard of this scan.
    reported_at timestamptz not null,
    cpu_seconds double precision not null,
    wall_seconds double precision not null,
    -- Over all reasons.
    paused_seconds double precision not null,
    -- Bytes; null when the agent's kernel does not say.
    peak_memory int8,
    -- All that was told, JSON of ScanCost.
    cost jsonb not null,
    primary key (company_id, agent_id),
    foreign key (company_id, agent_id) references agents (company_id, id) on delete cascade,
    constraint scan_costs_not_negative check (
        cpu_seconds >= 0 and wall_seconds >= 0 and paused_seconds >= 0 and (peak_memory is null or peak_memory >= 0))
) with (fillfactor = 85);
alter table scan_costs enable row level security, force row level security;
create policy scan_costs_of_company on scan_costs using (company_id = current_company());
