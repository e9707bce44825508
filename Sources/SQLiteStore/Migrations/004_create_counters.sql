-- What the lists and the overview of a company need and could be recomputed from inventories and verdicts, and the event log.

create table company_packages (
    company_id integer not null references companies (id),
    package_id integer not null references packages (id),
    -- Agents whose applied inventory holds the package.
    agents integer not null,
    -- When it appeared on the first of these.
    first_seen_at integer not null,
    primary key (company_id, package_id),
    constraint company_packages_agents check (agents >= 0)
) strict, without rowid;

create table company_vulnerabilities (
    company_id integer not null references companies (id),
    vulnerability_id integer not null references vulnerabilities (id),
    -- Agents that are affected.
    agents integer not null,
    -- Of these, how many have a package with a fix in its own release.
    fixable_agents integer not null,
    -- Agents for which no answer can be given, and which are not affected through another package.
    undetermined_agents integer not null,
    -- As in `vulnerabilities`; here for the order and the filters of the list.
    name text not null,
    severity integer not null,
    risk integer not null,
    exploited integer not null,
    primary key (company_id, vulnerability_id),
    constraint company_vulnerabilities_agents check (
        agents >= 0 and fixable_agents between 0 and agents and undetermined_agents >= 0)
) strict, without rowid;

create index company_vulnerabilities_by_risk on company_vulnerabilities (company_id, risk desc, name) where agents > 0;
create index company_vulnerabilities_by_vulnerability on company_vulnerabilities (vulnerability_id);

-- The counts of a company at the end of each of the last 168 hours in which something changed.
create table company_hours (
    company_id integer not null references companies (id),
    -- Hours since 1970 UTC.
    hour integer not null,
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
) strict, without rowid;

-- `autoincrement`: an id is never used twice.
create table events (
    id integer primary key autoincrement,
    company_id integer not null references companies (id),
    at integer not null,
    kind text not null,
    -- JSON, by kind.
    data text not null,
    constraint events_kind check (kind in ('agent_enrolled', 'inventory_applied', 'verdicts_changed'))
) strict;

create index events_by_company on events (company_id, id);
