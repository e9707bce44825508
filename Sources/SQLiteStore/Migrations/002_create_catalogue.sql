-- Package versions, vulnerabilities and verdicts: public facts, shared by all companies.

create table packages (
    id integer primary key autoincrement,
    -- Canonical package URL.
    purl text not null unique,
    -- Lowercased name of the package and, where it differs, the name advisories use, one a line.
    search_key text not null,
    -- Where advisories are looked up: "Debian:12", "openssl". Null when nothing can be looked up.
    scope text,
    advisory_name text,
    first_seen_at integer not null,
    -- Null until the package was matched against some index.
    evaluated_at integer,
    constraint packages_coordinates check ((scope is null) = (advisory_name is null))
) strict;

create index packages_by_advisory_name on packages (scope, advisory_name, id) where scope is not null;

create table vulnerabilities (
    id integer primary key,
    -- Canonical id: "CVE-2024-3094".
    name text not null unique,
    -- 0 unknown, 1 none, 2 low, 3 medium, 4 high, 5 critical.
    severity integer not null,
    -- Tenths: 0…1000.
    risk integer not null,
    -- 1 when known to be exploited.
    exploited integer not null,
    -- Lowercased id, aliases and summary, one a line.
    search_key text not null,
    -- The whole record as JSON. What SQL filters or sorts by is in the columns above as well.
    record text not null,
    updated_at integer not null,
    constraint vulnerabilities_severity check (severity between 0 and 5),
    constraint vulnerabilities_risk check (risk between 0 and 1000),
    constraint vulnerabilities_exploited check (exploited in (0, 1))
) strict;

create table verdicts (
    package_id integer not null references packages (id),
    vulnerability_id integer not null references vulnerabilities (id),
    -- 1 affected, 0 undetermined. Other verdicts are not kept: they are no findings.
    affected integer not null,
    fixed_version text,
    reason text not null,
    urgency text,
    -- JSON array of advisory ids.
    advisories text not null,
    -- Since when the verdict stands with this status.
    appeared_at integer not null,
    primary key (package_id, vulnerability_id),
    constraint verdicts_affected check (affected in (0, 1))
) strict, without rowid;

create index verdicts_by_vulnerability on verdicts (vulnerability_id, package_id);

-- Single values: verdict_basis.
create table meta (
    key text not null primary key,
    value text not null
) strict, without rowid;
