-- Package versions, vulnerabilities and verdicts: public facts, shared by all companies, hence without row level security.

create table packages (
    -- In order of first sight; lists of packages hold differences of these, so they are whole numbers and dense.
    id integer generated always as identity primary key,
    -- Canonical package URL.
    purl text collate "C" not null,
    -- By which a package URL is unique and found: an index has room for 2,700 bytes a key, a URL may be longer. MD5 is enough, as no
    -- package has to fear a second one made to have its sum.
    purl_key uuid not null generated always as (md5(purl)::uuid) stored,
    -- Lowercased name of the package and, where it differs, the name advisories use, one a line.
    search_key text not null,
    -- Where advisories are looked up: "Debian:12", "openssl". Null when nothing can be looked up.
    scope text collate "C",
    advisory_name text collate "C",
    first_seen_at timestamptz not null,
    -- Null until the package was matched against some index.
    evaluated_at timestamptz,
    constraint packages_purl_key unique (purl_key),
    constraint packages_coordinates check ((scope is null) = (advisory_name is null))
);
-- Serves what an advisory that changed speaks of. A hash of the name, as names may be longer than an index has room for.
create index packages_by_advisory_name on packages (md5(scope || chr(10) || advisory_name), id) where scope is not null;

create table vulnerabilities (
    id integer generated always as identity primary key,
    -- Canonical id: "CVE-2024-3094".
    name text collate "C" not null,
    -- 0 unknown, 1 none, 2 low, 3 medium, 4 high, 5 critical.
    severity smallint not null,
    -- Tenths: 0…1000.
    risk smallint not null,
    -- Known to be exploited.
    exploited boolean not null,
    -- Lowercased id, aliases and summary, one a line.
    search_key text not null,
    -- The whole record. What SQL filters or sorts by is in the columns above as well.
    record jsonb not null,
    updated_at timestamptz not null,
    constraint vulnerabilities_name unique (name),
    constraint vulnerabilities_severity check (severity between 0 and 5),
    constraint vulnerabilities_risk check (risk between 0 and 1000)
);

create table verdicts (
    package_id integer not null references packages (id),
    vulnerability_id integer not null references vulnerabilities (id),
    -- Affected, or undetermined. Other verdicts are not kept: they are no findings.
    affected boolean not null,
    fixed_version text,
    reason text not null,
    urgency text,
    -- Ids of advisories.
    advisories text[] not null,
    -- Since when the verdict stands with this status.
    appeared_at timestamptz not null,
    -- Serves the findings of a list of packages.
    primary key (package_id, vulnerability_id)
);
-- Serves "who has this vulnerability", from which packages follow.
create index verdicts_by_vulnerability on verdicts (vulnerability_id, package_id);

-- Single values: verdict_basis.
create table meta (
    key text primary key,
    value text not null
);
