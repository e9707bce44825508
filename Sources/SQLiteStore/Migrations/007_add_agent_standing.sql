-- Agents that are kept out: a key that seems to be on two machines, or that somebody revoked. Null while an agent may speak.

alter table agents add column barred text constraint agents_barred check (barred in ('quarantined', 'revoked'));
alter table agents add column barred_at integer;
alter table agents add column barred_reason text;

-- Few of many: serves the list of a company, and the gateways' look for the newest.
create index agents_barred_by_company on agents (company_id, barred_at) where barred_at is not null;
create index agents_barred_by_time on agents (barred_at) where barred_at is not null;
