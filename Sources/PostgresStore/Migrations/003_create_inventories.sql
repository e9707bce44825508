-- Agents and their inventories. Every table is hash-partitioned by company: what a company does stays in one part, and a vacuum, a
-- reindex or a bloated index concerns an eighth. `company_id` leads every key, so each statement names its part.

create table inventories (
    company_id integer not null references companies (id),
    -- Small and used again when it comes free: sets of inventories are kept as bits under it (see package_holders).
    number integer not null,
    -- SHA-256 of the canonical text form.
    digest bytea not null,
    -- Ascending rows of `packages`, each as the difference to the one before, as LEB128; unpack_packages() reads it.
    package_ids bytea not null,
    package_count integer not null,
    -- Distinct vulnerabilities, see SeverityCounts.
    critical integer not null,
    high integer not null,
    medium integer not null,
    low integer not null,
    unknown integer not null,
    exploited integer not null,
    fixable integer not null,
    undetermined integer not null,
    -- Highest risk of an affected vulnerability, in tenths.
    risk smallint not null,
    primary key (company_id, number),
    -- Equal inventories are one row. Also serves the base of a delta.
    constraint inventories_digest unique (company_id, digest),
    constraint inventories_digest_length check (length(digest) = 32),
    constraint inventories_number check (number >= 0),
    constraint inventories_counts check (
        least(critical, high, medium, low, unknown, exploited, fixable, undetermined, package_count) >= 0)
) partition by hash (company_id);

create table agents (
    company_id integer not null references companies (id),
    id uuid not null,
    enrollment_token_id uuid not null references enrollment_tokens (id),
    hostname text not null,
    hostname_key text collate "C" not null,
    -- OperatingSystem, null when unknown.
    os jsonb,
    agent_version text not null,
    enrolled_at timestamptz not null,
    -- The inventory received last, while it is not applied yet; its content is in `uploads`.
    waiting_digest bytea,
    -- Since when there is one; stays when yet another one arrives.
    waiting_since timestamptz,
    applied_inventory integer,
    applied_at timestamptz,
    first_applied_at timestamptz,
    -- As in the applied inventory; here for the order of the list.
    risk smallint not null default 0,
    primary key (company_id, id),
    -- An inventory goes only when nobody has it.
    constraint agents_inventory foreign key (company_id, applied_inventory) references inventories (company_id, number),
    constraint agents_waiting check ((waiting_digest is null) = (waiting_since is null)),
    constraint agents_applied check (
        (applied_inventory is null) = (applied_at is null) and (applied_inventory is null) = (first_applied_at is null))
) partition by hash (company_id);
-- The lists by risk and by host name, and the search in the latter.
create index agents_by_risk on agents (company_id, risk desc, id);
create index agents_by_hostname on agents (company_id, hostname_key, id);
-- Work that waits, in its order; small, as hardly anybody waits.
create index agents_waiting on agents (company_id, waiting_since) where waiting_since is not null;
-- Agents without inventory, for the overview; small as well.
create index agents_without_inventory on agents (company_id)
    where waiting_digest is null and applied_inventory is null;
-- Who has an inventory.
create index agents_by_inventory on agents (company_id, applied_inventory) where applied_inventory is not null;

-- When an agent last called. Apart from `agents`, because it is written with every heartbeat: a narrow row with two indexes, not a wide one
-- with seven.
create table agent_presence (
    company_id integer not null,
    agent_id uuid not null,
    last_seen_at timestamptz not null,
    primary key (company_id, agent_id),
    foreign key (company_id, agent_id) references agents (company_id, id) on delete cascade
) partition by hash (company_id);
-- The list by last seen.
create index agent_presence_by_last_seen on agent_presence (company_id, last_seen_at, agent_id);

-- What an agent says of itself. Apart, because it can be long and lists do not need it.
create table agent_facts (
    company_id integer not null,
    agent_id uuid not null,
    facts jsonb not null,
    primary key (company_id, agent_id),
    foreign key (company_id, agent_id) references agents (company_id, id) on delete cascade
) partition by hash (company_id);

-- When packages appeared on an agent, where that was after its first applied inventory; all others appeared with it. One short text of
-- bytes an agent, not a row a package: after a year of updates that would be most packages. unpack_dates() reads it.
create table agent_dates (
    company_id integer not null,
    agent_id uuid not null,
    dates bytea not null,
    primary key (company_id, agent_id),
    foreign key (company_id, agent_id) references agents (company_id, id) on delete cascade
) partition by hash (company_id);

-- Inventories received and not applied yet, one an agent: nobody else's coming or going concerns it.
create table uploads (
    company_id integer not null,
    agent_id uuid not null,
    digest bytea not null,
    -- The text form under gzip.
    content bytea not null,
    primary key (company_id, agent_id),
    foreign key (company_id, agent_id) references agents (company_id, id) on delete cascade
) partition by hash (company_id);
-- The base of a delta may not be applied yet.
create index uploads_by_digest on uploads (company_id, digest);

-- Which applied inventories hold a package: package_ids the other way round, as sets of numbers (decision 20). A segment is 8,192 numbers,
-- so that a row has at most a kilobyte whatever the size of the company.
create table package_holders (
    company_id integer not null references companies (id),
    package_id integer not null,
    segment integer not null,
    -- Numbers within the segment: 0 and differences as LEB128, or 1 and a bitmap, whichever is shorter.
    holders bytea not null,
    primary key (company_id, package_id, segment),
    constraint package_holders_segment check (segment >= 0),
    -- A set that is empty is no row.
    constraint package_holders_not_empty check (length(holders) > 1)
) partition by hash (company_id);

-- The packages of a company, with the date on which the first of its present agents had it.
create table company_packages (
    company_id integer not null references companies (id),
    package_id integer not null,
    first_seen_at timestamptz not null,
    primary key (company_id, package_id)
) partition by hash (company_id);

-- Reads inventories.package_ids.
create function unpack_packages(packed bytea) returns setof integer language plpgsql immutable strict parallel safe as $$
declare
    id bigint := 0;
    difference bigint := 0;
    shift integer := 0;
    byte integer;
begin
    for place in 0 .. length(packed) - 1 loop
        byte := get_byte(packed, place);
        difference := difference | ((byte & 127)::bigint << shift);
        if byte >= 128 then
            shift := shift + 7;
        else
            id := id + difference;
            return next id::integer;
            difference := 0;
            shift := 0;
        end if;
    end loop;
end
$$;

-- Reads agent_dates.dates: groups of a time (milliseconds since 1970, as the difference to the group before), a count, and as many rows of
-- `packages`, ascending, as differences; all as LEB128, the time of the first group shifted left by one with its sign in the lowest bit.
create function unpack_dates(packed bytea) returns table (package_id integer, since timestamptz)
    language plpgsql immutable strict parallel safe as $$
declare
    value bigint := 0;
    shift integer := 0;
    byte integer;
    milliseconds bigint;
    remaining bigint := -1;
    id bigint := 0;
begin
    for place in 0 .. length(packed) - 1 loop
        byte := get_byte(packed, place);
        value := value | ((byte & 127)::bigint << shift);
        if byte >= 128 then
            shift := shift + 7;
            continue;
        end if;
        if remaining = -1 then
            milliseconds := case when milliseconds is null then (value >> 1) # -(value & 1) else milliseconds + value end;
            remaining := -2;
        elsif remaining = -2 then
            remaining := value;
            id := 0;
        else
            id := id + value;
            remaining := remaining - 1;
            package_id := id::integer;
            since := timestamptz '1970-01-01 00:00:00+00' + milliseconds * interval '1 millisecond';
            return next;
        end if;
        if remaining = 0 then remaining := -1; end if;
        value := 0;
        shift := 0;
    end loop;
end
$$;

do $$
declare
    part text;
begin
    foreach part in array array['inventories', 'agents', 'agent_presence', 'agent_facts', 'agent_dates', 'uploads', 'package_holders',
        'company_packages']
    loop
        for number in 0 .. 7 loop
            execute format(
                'create table %I partition of %I for values with (modulus 8, remainder %s)', part || '_' || number, part, number);
            -- A part is reached through its table only: asked itself, it shows nothing.
            execute format('alter table %I enable row level security, force row level security', part || '_' || number);
        end loop;
        execute format('alter table %I enable row level security, force row level security', part);
        execute format(
            'create policy %I on %I using (company_id = current_company())', part || '_of_company', part);
    end loop;
    for number in 0 .. 7 loop
        -- Gzip, which cannot be made shorter.
        execute format('alter table %I alter column content set storage external', 'uploads_' || number);
        -- Rows that are changed in place where there is room beside them need no new entries in indexes.
        execute format('alter table %I set (fillfactor = 90)', 'package_holders_' || number);
        execute format('alter table %I set (fillfactor = 85)', 'agents_' || number);
    end loop;
end
$$;
