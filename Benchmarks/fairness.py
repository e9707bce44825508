#!/usr/bin/env python3
"""How long a single inventory of one company waits while another company's 50,000 first inventories are being applied.

    Benchmarks/fairness.py [--jobs 50000] [--tries 15] [--queue embedded redis] [--limit-s 2]

The jobs are written into PostgreSQL by SQL, as a gateway would have left them; then the servers start and find them. While they work, agents of the other company
enroll over HTTP, one after the other, each with the priority of a first inventory; quoted are seconds from the answer to its inventory until the API shows the agent
as current. `embedded` is `zerotrace serve` alone, `redis` two gateways and two processors. Ends with 1 when one waited longer than the limit, or when the queue ran
empty meanwhile. Times hold on an idle machine only.
"""
import argparse
import gzip
import hashlib
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from agent_protocol import ProtocolAgent  # noqa: E402
from data_servers import Postgres  # noqa: E402
from installation import Installation, many_records, wait_for, write_mirror  # noqa: E402
from topology import Topology  # noqa: E402

KINDS = 200
PACKAGES = 300


def content(number):
    """An inventory as it travels: sorted package URLs, each with its newline."""
    names = {f"pkg:pypi/sample-{(number * 37 + n * 11) % 5_000}@{1 + (number + n) % 3}.{n % 10}" for n in range(PACKAGES)}
    return "".join(name + "\n" for name in sorted(names)).encode()


def fill(postgres, jobs):
    """The deep company's agents and what they wait with."""
    rows = []
    for number in range(KINDS):
        text = content(number)
        rows.append(f"({number}, '\\x{hashlib.sha256(text).hexdigest()}'::bytea, '\\x{gzip.compress(text).hex()}'::bytea)")
    script = f"""
        create temporary table kinds (kind int, digest bytea, content bytea);
        insert into kinds values {", ".join(rows)};
        insert into enrollment_tokens (id, company_id, hash, label, maximum_uses, uses, expires_at, created_at)
            select gen_random_uuid(), id, sha256('deep'), 'deep', 1000000, {jobs}, now(), now() from companies where name = 'Deep';
        insert into agents (company_id, id, enrollment_token_id, hostname, hostname_key, agent_version, enrolled_at, waiting_digest, waiting_since)
            select t.company_id, gen_random_uuid(), t.id, 'deep-' || n, 'deep-' || n, '1', now(), k.digest, now() - interval '1 hour' + n * interval '1 ms'
            from generate_series(1, {jobs}) n join kinds k on k.kind = n % {KINDS} join enrollment_tokens t on t.label = 'deep';
        insert into agent_presence select company_id, id, now() from agents;
        insert into agent_facts select company_id, id, '{{"agentVersion": "1", "droppedReports": 0, "host": {{"architecture": "x", "hostname": "deep"}}, "warnings": []}}'
            from agents;
        insert into uploads select a.company_id, a.id, k.digest, k.content from agents a join kinds k on k.digest = a.waiting_digest;
        update company_totals set agents = {jobs} from companies c where c.id = company_id and c.name = 'Deep';
        analyze;"""
    # Too long for a command line.
    command = [postgres.programs / "psql", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "owner", "-d", "zerotrace", "-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run(command, input=script, text=True, check=True, env={**os.environ, "PGPASSWORD": postgres.password})


def waiting(postgres):
    return int(postgres.statement("select count(*) from agents a join companies c on c.id = a.company_id where c.name = 'Deep' and waiting_since is not null"))


def wait_of_one(place, postgres, token, number):
    """Seconds from the answer until the inventory is applied."""
    agent = ProtocolAgent(place)
    assert agent.enroll(token).status == 201
    answer = agent.put_inventory(gzip.compress(content(1_000 + number)))
    started = time.monotonic()
    assert answer.status in (200, 202, 204), (answer.status, answer.body)
    query = f"select waiting_since is null from agents where id = '{agent.agent_id}'"
    wait_for(lambda: postgres.statement(query) == "t", "the inventory to be applied", 120)
    return time.monotonic() - started


def measure(queue, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zt-fair-"))
    if queue == "redis":
        place = Topology(folder)
        postgres = place.postgres
    else:
        place, postgres = Installation(folder), Postgres()
        place.variables = {"DB_HOST": "127.0.0.1", "DB_PORT": str(postgres.port), "DB_USER": "owner", "DB_PASSWORD_FILE": str(postgres.password_file)}
    try:
        place.run("migrate")
        write_mirror(place.mirror, *many_records())
        place.run("feeds", "sync", "--mirror", place.mirror, "--no-apt")
        for company in ["Deep", "Small"]:
            place.company(company)
        token = place.token("Small", uses=1_000)
        fill(postgres, options.jobs)
        place.start()
        wait_for(lambda: waiting(postgres) < options.jobs - 20, "the deep company's work to begin", 120)
        before, started = waiting(postgres), time.monotonic()
        times = []
        for number in range(options.tries):
            times.append(wait_of_one(place, postgres, token, number))
            time.sleep(0.5)
        after = waiting(postgres)
        return times, before, after, (before - after) / (time.monotonic() - started)
    finally:
        place.stop()
        if queue == "embedded":
            postgres.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=50_000)
    parser.add_argument("--tries", type=int, default=15)
    parser.add_argument("--queue", nargs="+", choices=["embedded", "redis"], default=["embedded", "redis"])
    parser.add_argument("--limit-s", type=float, default=2)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores; {options.jobs} jobs of one company, {options.tries} of another one after the other\n")
    print("| queue | p50 s | worst s | jobs left, before and after | a second |\n|---|---|---|---|---|")
    good = True
    for queue in options.queue:
        times, before, after, rate = measure(queue, options)
        print(f"| {queue} | {statistics.median(times):.2f} | {max(times):.2f} | {before}, {after} | {rate:.0f} |", flush=True)
        good = good and max(times) <= options.limit_s and after > 0
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
