-- Agents that are kept out: a key that seems to be on two machines, or that somebody revoked. Null while an agent may speak. With the
-- keys, which are looked at before a company is known.

alter table agent_keys
    add column barred text,
    add column barred_at timestamptz,
    add column barred_reason text,
    add constraint agent_keys_barred check (barred in ('quarantined', 'revoked'));

-- Few of many: serves the list of a company, and the gateways' look for the newest.
create index agent_keys_barred_by_company on agent_keys (company_id, barred_at) where barred_at is not null;
create index agent_keys_barred_by_time on agent_keys (barred_at) where barred_at is not null;

-- A gateway asks for the ids of all that were kept out lately; the installation's own transaction sees these rows and no others.
create policy agent_keys_barred on agent_keys for select
    using (barred_at is not null and current_setting('zerotrace.installation', true) = 'on');
