-- What the last scan of an agent cost its machine, as the agent told it. Apart from `agent_facts`, which a new scan seldom changes: a narrow row
-- that is written once a scan and that a company's percentiles are read from.

create table scan_costs (
    agent_id integer primary key references agents (id) on delete cascade,
    -- When the server first heard of this scan.
    reported_at integer not null,
    cpu_seconds real not null,
    wall_seconds real not null,
    -- Over all reasons.
    paused_seconds real not null,
    -- Bytes; null when the agent's kernel does not say.
    peak_memory integer,
    -- All that was told, JSON of ScanCost.
    cost text not null,
    constraint scan_costs_not_negative check (
        cpu_seconds >= 0 and wall_seconds >= 0 and paused_seconds >= 0 and (peak_memory is null or peak_memory >= 0))
) strict;
