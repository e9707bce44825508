-- What is in use on an agent's machine, as it last said: beside its facts, which are asked for with every heartbeat and written seldom. Null
-- until it says so.

alter table agent_facts
    add column running_digest bytea,
    add column running jsonb,
    add column running_since timestamptz,
    add constraint agent_facts_running check (
        (running_digest is null) = (running is null) and (running is null) = (running_since is null)
        and length(running_digest) = 32);
