-- Findings as rows, for SQL and for reporting tools; the server itself does not read it. It unpacks inventories while it is read, so ask it
-- for an agent or a vulnerability, or let it run. `security_invoker`: the reader's row level security holds, not the owner's.

create view findings with (security_invoker = true) as
select
    a.company_id,
    a.id as agent_id,
    a.hostname,
    p.purl,
    n.name as vulnerability,
    case when v.affected then 'affected' else 'undetermined' end as status,
    n.severity,
    n.risk / 10.0 as risk,
    n.exploited,
    v.fixed_version,
    v.reason,
    v.urgency,
    v.advisories,
    greatest(v.appeared_at, coalesce(d.since, a.first_applied_at)) as first_seen_at
from agents a
join inventories i on i.company_id = a.company_id and i.number = a.applied_inventory
cross join lateral unpack_packages(i.package_ids) as held (package_id)
join verdicts v on v.package_id = held.package_id
join vulnerabilities n on n.id = v.vulnerability_id
join packages p on p.id = held.package_id
left join lateral (
    select u.since
    from agent_dates s cross join lateral unpack_dates(s.dates) u
    where s.company_id = a.company_id and s.agent_id = a.id and u.package_id = held.package_id
) d on true;
