-- Inventories and the agents that have them.

-- The packages of one or more agents of a company, under their digest. Lives as long as an agent refers to it.
create table inventories (
    id integer primary key,
    company_id integer not null references companies (id),
    -- SHA-256 of the canonical text form.
    digest blob not null,
    -- The text form under gzip, until the inventory is applied for the first time; then package_ids takes its place.
    content blob,
    -- Ascending rows of `packages`, each as the difference to the one before, as LEB128.
    package_ids blob,
    package_count integer not null,
    -- Distinct vulnerabilities, see SeverityCounts; all 0 until applied.
    critical integer not null default 0,
    high integer not null default 0,
    medium integer not null default 0,
    low integer not null default 0,
    unknown integer not null default 0,
    exploited integer not null default 0,
    fixable integer not null default 0,
    undetermined integer not null default 0,
    -- Highest risk of an affected vulnerability, in tenths.
    risk integer not null default 0,
    constraint inventories_digest_length check (length(digest) = 32),
    constraint inventories_content check ((content is null) <> (package_ids is null)),
    constraint inventories_counts check (
        critical >= 0 and high >= 0 and medium >= 0 and low >= 0 and unknown >= 0 and exploited >= 0 and fixable >= 0
        and undetermined >= 0),
    constraint inventories_digest_unique unique (company_id, digest)
) strict;

create table agents (
    id integer primary key,
    uuid blob not null unique,
    company_id integer not null references companies (id),
    enrollment_token_id integer not null references enrollment_tokens (id),
    -- Ed25519 public key.
    public_key blob not null,
    hostname text not null,
    hostname_key text not null,
    -- JSON of OperatingSystem, null when unknown.
    os text,
    agent_version text not null,
    enrolled_at integer not null,
    last_seen_at integer not null,
    received_id integer references inventories (id),
    received_at integer,
    applied_id integer references inventories (id),
    applied_at integer,
    first_applied_at integer,
    -- Since when received and applied differ; null while they do not.
    waiting_since integer,
    -- As in the applied inventory; here for the order of the list.
    risk integer not null default 0,
    constraint agents_uuid_length check (length(uuid) = 16),
    constraint agents_public_key_length check (length(public_key) = 32),
    constraint agents_public_key_unique unique (company_id, public_key),
    constraint agents_received check ((received_id is null) = (received_at is null)),
    constraint agents_applied check (
        (applied_id is null) = (applied_at is null) and (applied_id is null) = (first_applied_at is null)),
    constraint agents_applied_was_received check (applied_id is null or received_id is not null),
    constraint agents_waiting check ((waiting_since is not null) = (received_id is not applied_id))
) strict;

create index agents_by_risk on agents (company_id, risk desc, uuid);
create index agents_by_hostname on agents (company_id, hostname_key, uuid);
create index agents_by_last_seen on agents (company_id, last_seen_at, uuid);
create index agents_waiting on agents (company_id, waiting_since) where waiting_since is not null;
create index agents_without_inventory on agents (company_id) where received_id is null;
create index agents_by_received on agents (received_id) where received_id is not null;
create index agents_by_applied on agents (applied_id) where applied_id is not null;

-- What an agent says of itself, as JSON. Apart, because it can be long and lists do not need it.
create table agent_facts (
    agent_id integer primary key references agents (id) on delete cascade,
    facts text not null
) strict;

-- Which applied inventories hold a package: package_ids the other way round. Written only together with package_ids; without foreign
-- keys, because deleting an inventory would then have to search this table for it.
create table inventory_packages (
    package_id integer not null,
    company_id integer not null,
    inventory_id integer not null,
    primary key (package_id, company_id, inventory_id)
) strict, without rowid;

-- When a package appeared on an agent, where that was after the agent's first applied inventory; all others appeared with it.
create table agent_package_since (
    agent_id integer not null references agents (id) on delete cascade,
    package_id integer not null references packages (id),
    since integer not null,
    primary key (agent_id, package_id)
) strict, without rowid;
