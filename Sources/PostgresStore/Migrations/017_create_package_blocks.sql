-- Who holds a package, and since when the company has it, for many packages in a row (decision 26). A row costs 24 bytes before its first
-- column and stands in an index besides: with a row for each package of a company that was most of what a package took.
--
-- Programs of the version before go on with `package_holders` and `company_packages`: triggers write what either kind of program changes
-- where the other one looks for it. Migration 18 takes them away.

-- The sets of 32 packages that follow each other, where they are short; longer ones stay in `package_holders`, as a row there is written
-- again as a whole with each change.
create table holder_blocks (
    company_id integer not null references companies (id),
    -- Row of `packages` divided by 32.
    block integer not null,
    -- As in `package_holders`.
    segment integer not null,
    -- By the rest of that division and 1; null where the block has no such set.
    holders bytea[] not null,
    primary key (company_id, block, segment),
    constraint holder_blocks_numbers check (block >= 0 and segment >= 0),
    constraint holder_blocks_size check (cardinality(holders) = 32)
) partition by hash (company_id);

-- The packages of a company, 64 that follow each other in a row, with the date on which the first of its present agents had it.
create table package_date_blocks (
    company_id integer not null references companies (id),
    -- Row of `packages` divided by 64.
    block integer not null,
    -- By the rest of that division and 1; null where the company has no such package.
    first_seen timestamptz[] not null,
    primary key (company_id, block),
    constraint package_date_blocks_number check (block >= 0),
    constraint package_date_blocks_size check (cardinality(first_seen) = 64)
) partition by hash (company_id);

do $$
declare
    part text;
begin
    foreach part in array array['holder_blocks', 'package_date_blocks'] loop
        for number in 0 .. 7 loop
            execute format(
                'create table %I partition of %I for values with (modulus 8, remainder %s)', part || '_' || number, part, number);
            -- A part is reached through its table only: asked itself, it shows nothing.
            execute format('alter table %I enable row level security, force row level security', part || '_' || number);
            -- Rows that are changed in place where there is room beside them need no new entries in indexes. Never compressed nor moved
            -- out: they are small, and what is moved out leaves a dead copy with each change.
            execute format('alter table %I set (fillfactor = 90, toast_tuple_target = 8160)', part || '_' || number);
        end loop;
        execute format('alter table %I enable row level security, force row level security', part);
        execute format('create policy %I on %I using (company_id = current_company())', part || '_of_company', part);
    end loop;
end
$$;

-- Nobody writes between the copy and the triggers.
lock table package_holders, company_packages in share row exclusive mode;

do $$
declare
    company integer;
begin
    perform set_config('zerotrace.installation', 'on', true);
    for company in select id from companies order by id loop
        perform set_config('zerotrace.company', company::text, true);
        insert into holder_blocks (company_id, block, segment, holders)
        select company, k.block, k.segment, array_agg(h.holders order by s.slot)
        from (select distinct package_id >> 5 as block, segment from package_holders
            where company_id = company and length(holders) <= 48) k
        cross join generate_series(0, 31) s (slot)
        left join package_holders h on h.company_id = company and h.package_id = k.block * 32 + s.slot and h.segment = k.segment
            and length(h.holders) <= 48
        group by k.block, k.segment;
        insert into package_date_blocks (company_id, block, first_seen)
        select company, k.block, array_agg(c.first_seen_at order by s.slot)
        from (select distinct package_id >> 6 as block from company_packages where company_id = company) k
        cross join generate_series(0, 63) s (slot)
        left join company_packages c on c.company_id = company and c.package_id = k.block * 64 + s.slot
        group by k.block;
    end loop;
    perform set_config('zerotrace.company', '', true);
    perform set_config('zerotrace.installation', '', true);
end
$$;

-- The four below act as the owner, because programs that are running have no right yet to what is new. The rows that they write are of the
-- company of the row that was written.

create function copy_holders_to_block() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    changed package_holders := coalesce(new, old);
    place integer := (changed.package_id & 31) + 1;
    short bytea := case when tg_op <> 'DELETE' and length(new.holders) <= 48 then new.holders end;
begin
    if short is not null then
        insert into holder_blocks (company_id, block, segment, holders)
        values (changed.company_id, changed.package_id >> 5, changed.segment, array_fill(null::bytea, array[32]))
        on conflict do nothing;
    end if;
    update holder_blocks set holders[place] = short
    where company_id = changed.company_id and block = changed.package_id >> 5 and segment = changed.segment
        and holders[place] is distinct from short;
    delete from holder_blocks
    where company_id = changed.company_id and block = changed.package_id >> 5 and segment = changed.segment
        and cardinality(array_remove(holders, null)) = 0;
    return null;
end
$$;

create function copy_block_to_holders() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    changed holder_blocks := coalesce(new, old);
    before bytea[] := case when tg_op <> 'INSERT' then old.holders end;
    after bytea[] := case when tg_op <> 'DELETE' then new.holders end;
begin
    delete from package_holders h using generate_series(1, 32) s (place)
    where h.company_id = changed.company_id and h.package_id = changed.block * 32 + s.place - 1 and h.segment = changed.segment
        and before[s.place] is not null and after[s.place] is null;
    insert into package_holders (company_id, package_id, segment, holders)
    select changed.company_id, changed.block * 32 + s.place - 1, changed.segment, after[s.place]
    from generate_series(1, 32) s (place)
    where after[s.place] is not null and after[s.place] is distinct from before[s.place]
    on conflict (company_id, package_id, segment) do update set holders = excluded.holders;
    return null;
end
$$;

create function copy_date_to_block() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    changed company_packages := coalesce(new, old);
    place integer := (changed.package_id & 63) + 1;
    date timestamptz := case when tg_op <> 'DELETE' then new.first_seen_at end;
begin
    if date is not null then
        insert into package_date_blocks (company_id, block, first_seen)
        values (changed.company_id, changed.package_id >> 6, array_fill(null::timestamptz, array[64]))
        on conflict do nothing;
    end if;
    update package_date_blocks set first_seen[place] = date
    where company_id = changed.company_id and block = changed.package_id >> 6 and first_seen[place] is distinct from date;
    delete from package_date_blocks
    where company_id = changed.company_id and block = changed.package_id >> 6
        and cardinality(array_remove(first_seen, null)) = 0;
    return null;
end
$$;

create function copy_block_to_dates() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    changed package_date_blocks := coalesce(new, old);
    before timestamptz[] := case when tg_op <> 'INSERT' then old.first_seen end;
    after timestamptz[] := case when tg_op <> 'DELETE' then new.first_seen end;
begin
    delete from company_packages c using generate_series(1, 64) s (place)
    where c.company_id = changed.company_id and c.package_id = changed.block * 64 + s.place - 1
        and before[s.place] is not null and after[s.place] is null;
    insert into company_packages (company_id, package_id, first_seen_at)
    select changed.company_id, changed.block * 64 + s.place - 1, after[s.place]
    from generate_series(1, 64) s (place)
    where after[s.place] is not null and after[s.place] is distinct from before[s.place]
    on conflict (company_id, package_id) do update set first_seen_at = excluded.first_seen_at;
    return null;
end
$$;

-- Not for what these functions write themselves.
create trigger package_holders_copied after insert or update or delete on package_holders
    for each row when (pg_trigger_depth() = 0) execute function copy_holders_to_block();
create trigger holder_blocks_copied after insert or update or delete on holder_blocks
    for each row when (pg_trigger_depth() = 0) execute function copy_block_to_holders();
create trigger company_packages_copied after insert or update or delete on company_packages
    for each row when (pg_trigger_depth() = 0) execute function copy_date_to_block();
create trigger package_date_blocks_copied after insert or update or delete on package_date_blocks
    for each row when (pg_trigger_depth() = 0) execute function copy_block_to_dates();
