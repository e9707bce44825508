-- What is in use on an agent's machine, as it last said: beside its facts, which are asked for with every heartbeat and written seldom. Null
-- until it says so.

alter table agent_facts add column running_digest blob constraint agent_facts_digest check (length(running_digest) = 32);
alter table agent_facts add column running text;
alter table agent_facts add column running_since integer;
