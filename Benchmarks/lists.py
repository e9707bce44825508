#!/usr/bin/env python3
"""How long each list takes with ten million findings in one company, over HTTP, through `zerotrace serve` on PostgreSQL.

    Benchmarks/lists.py [--findings 10000000] [--rounds 15] [--folder DIR] [--verify] [--slow 100] [--limit-ms 200]

It makes the company by COPY (large_company.py), beside a small one, and asks for every list with every order and filter: the first page, the next, and one
in the middle, ROUNDS times each in turn with all others. A finding is an agent with a vulnerability, as everywhere. Quoted are milliseconds from sending to
the last byte, on one kept connection. It ends with 1 when the 95th percentile of a list is above the limit. `--folder` keeps the database, for another run; `--verify` lets
`zerotrace verify` recompute everything; `--plans` prints the plans of statements slower than SLOW milliseconds as PostgreSQL logged them.
"""
import argparse
import datetime
import http.client
import json
import os
import pathlib
import platform
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from data_servers import Postgres, PostgresServer  # noqa: E402
from installation import EMAIL, Installation  # noqa: E402
from installation import PASSWORD as SIGN_IN  # noqa: E402
from large_company import LargeCompany, psql_copy  # noqa: E402

# A page somewhere in the middle is reached by as many next pages.
MIDDLE = 8


class KeptPostgres(PostgresServer):
    """The server of an earlier run."""

    def __init__(self, folder, password, settings):
        super().__init__(password, folder.parent, settings)
        os.rmdir(self.folder)
        self.folder = folder
        self.password_file = folder / "password"
        self.start()


class Bench:
    def __init__(self, options):
        self.options = options
        self.place = Installation(pathlib.Path(options.folder or tempfile.mkdtemp(prefix="zt-lists-")))
        self.place.folder.mkdir(parents=True, exist_ok=True)
        self.settings = [
            "fsync=off", "shared_buffers=512MB", "max_wal_size=2GB", "work_mem=16MB", "max_connections=60",
            "session_preload_libraries=auto_explain", f"auto_explain.log_min_duration={options.slow}", "auto_explain.log_analyze=on",
            "auto_explain.log_timing=off", "auto_explain.log_nested_statements=on",
        ]

    def start(self):
        note = self.place.folder / "postgres"
        if note.exists():
            self.postgres = KeptPostgres(pathlib.Path(note.read_text()), "only for this test", self.settings)
        else:
            self.postgres = Postgres(parent=self.options.parent, settings=self.settings)
        self.place.variables = {
            "DB_HOST": "127.0.0.1", "DB_PORT": str(self.postgres.port), "DB_USER": "owner", "DB_PASSWORD_FILE": str(self.postgres.password_file),
            "API_RATE_LIMIT": "100000000", "API_LOG_LEVEL": "error",
        }
        self.command = [self.postgres.programs / "psql", "-h", "127.0.0.1", "-p", str(self.postgres.port), "-U", "owner", "-d", "zerotrace", "-qAt", "-v",
                        "ON_ERROR_STOP=1"]
        self.environment = {**os.environ, "PGPASSWORD": self.postgres.password}
        self.place.run("migrate")
        if not note.exists():
            self.fill()
        self.place.start()

    def fill(self):
        started = time.monotonic()
        for company in ["Large", "Small"]:
            self.place.company(company)
        self.place.user("Large")
        rows = self.postgres.statement("select id || ' ' || uuid from companies order by id").splitlines()
        agents = max(50, self.options.findings // 300)
        large = LargeCompany(agents)
        row, identifier = rows[0].split()
        sequence, entry = self.postgres.statement(f"select sequence || ' ' || encode(hash, 'hex') from audit_heads where company_id = {row}").split()
        large.make((int(row), identifier), (int(sequence), bytes.fromhex(entry)))
        print(f"drawn in {time.monotonic() - started:.0f} s: {large.agents} agents, {len(large.kept)} inventories, {large.exposures} findings", file=sys.stderr)
        large.write(lambda sql, lines: psql_copy(self.command, self.environment, sql, lines), self.statement)
        self.statement(OVERLAY % {"company": int(row)})
        (self.place.folder / "postgres").write_text(str(self.postgres.folder))
        print(f"written in {time.monotonic() - started:.0f} s", file=sys.stderr)

    def statement(self, sql):
        psql_copy(self.command, self.environment, sql, [])

    def sign_in(self):
        reply = self.place.request("POST", "/v1/auth/login", {"email": EMAIL, "password": SIGN_IN})
        assert reply.status == 200, reply.body
        self.token = reply.json["access_token"]
        self.signed_in = time.monotonic()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.place.port)

    def get(self, path):
        """The answer and how long it took."""
        if time.monotonic() - self.signed_in > 240:
            self.sign_in()
        started = time.perf_counter()
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        reply = self.connection.getresponse()
        body = reply.read()
        took = (time.perf_counter() - started) * 1000
        assert reply.status == 200, (path, reply.status, body)
        return json.loads(body), took

    def pages(self, path):
        """The first page, the second, and one in the middle; a list that is shorter has fewer."""
        separator = "&" if "?" in path else "?"
        found, page = [path], path
        for n in range(1, MIDDLE + 1):
            cursor = self.get(page)[0].get("next_cursor")
            if not cursor:
                break
            page = f"{path}{separator}cursor={urllib.parse.quote(cursor)}"
            if n in (1, MIDDLE):
                found.append(page)
        return found

    def lists(self):
        """Every list with its orders and filters."""
        facts = json.loads(self.postgres.statement(FACTS))
        day = 86_400
        now = time.time()

        def at(days):
            return datetime.datetime.fromtimestamp(now - days * day, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

        filters = ["", "severity=critical", "severity=low", "exploited=true", "fixable=true", "severity=critical&exploited=true&fixable=true", "q=kernel",
                   "q=CVE-2019-1", "q=no+such+thing", "q=a"]
        overlay = ["state=open", "state=accepted", "overdue=true", "overdue=true&severity=critical", "assignee=me", f"assignee={facts['busy']}"]
        routes = {"/v1/overview": [""]}
        routes["/v1/vulnerabilities"] = filters + overlay
        routes["/v1/agents"] = [f"sort={sort}{rest}" for sort in ["risk", "hostname", "last_seen"]
                                for rest in ["", "&state=current", "&state=pending", "&state=none", "&q=db-1", "&q=nobody", "&q=e"]]
        for name in ["widest", "middle", "narrow"]:
            routes[f"/v1/vulnerabilities/{facts[name]}"] = [""]
            routes[f"/v1/vulnerabilities/{facts[name]}/agents"] = [""]
        for agent in [facts["worst"], facts["usual"]]:
            routes[f"/v1/agents/{agent}"] = [""]
            routes[f"/v1/agents/{agent}/packages"] = ["", "q=package-1", "q=nobody"]
            routes[f"/v1/agents/{agent}/findings"] = filters + ["undetermined=true", "state=open", "state=accepted"]
        routes["/v1/events"] = ["newest=true", "after=0", "after=150000"]
        times = ["", f"from={at(690)}&until={at(680)}", f"from={at(10)}", f"until={at(600)}"]
        who = ["", "action=session.begun", "action=note.added", "action=api_token.revoked", f"actor={facts['actor']}", f"actor={facts['rare']}",
               f"subject={facts['subject']}", "subject=nothing", f"actor={facts['rare']}&action=note.added"]
        routes["/v1/audit"] = ["&".join(filter(None, [one, other])) for one in who for other in times]
        routes["/v1/exceptions"] = ["", *[f"state={state}" for state in ["requested", "active", "rejected", "revoked", "expired"]],
                                    f"vulnerability={facts['accepted']}", "vulnerability=CVE-1999-1"]
        routes["/v1/notifications"] = ["", "state=waiting", "state=delivered", "state=dead", f"endpoint={facts['endpoint']}", f"endpoint={facts['quiet']}",
                                       f"endpoint={facts['quiet']}&state=dead"]
        for name in ["users", "sessions", "api-tokens", "enrollment-tokens", "barred-agents", "notification-endpoints", "sla-policy"]:
            routes[f"/v1/{name}"] = [""]
        return [path + ("?" + query if query else "") for path, queries in routes.items() for query in queries]

    def measure(self):
        self.sign_in()
        wanted = [path for path in self.lists() if self.options.only in path]
        pages = [(path, page) for path in wanted for page in self.pages(path)]
        times = {path: [] for path, _ in pages}
        for _ in range(self.options.rounds):
            for path, page in pages:
                times[path].append(self.get(page)[1])
        return times

    def stop(self):
        self.place.stop()
        if self.options.folder:
            # Kept: ended as an operator would, not as a crash.
            self.postgres.process.send_signal(2)
            self.postgres.process.wait()
        else:
            self.postgres.stop()

    def plans(self):
        return (self.postgres.folder / "log").read_text(errors="replace")


# What people add, in the amounts that the limits allow or a busy company has after two years.
OVERLAY = """
insert into users (id, company_id, email, email_key, password_hash, role, created_at)
    select gen_random_uuid(), %(company)d, 'user-' || n || '@example.com', 'user-' || n || '@example.com', '', 'analyst', now() from generate_series(1, 500) n;
create temporary table people as select id, row_number() over (order by email_key) as k from users where company_id = %(company)d;
insert into assignments select distinct on (v.name) %(company)d, v.name, p.id, now() from company_vulnerabilities v
    join people p on p.k = 1 + v.vulnerability_id %% 40
    where v.company_id = %(company)d and v.vulnerability_id %% 2 = 0 limit 20000;
insert into sla_policies values (%(company)d, '{"severity": {"critical": 7, "high": 30, "medium": 180}, "decision": {}, "exploited": 14}')
    on conflict (company_id) do update set policy = excluded.policy;
insert into exceptions (id, company_id, vulnerability, requested_by, requested_name, requested_at, reason, expires_at, approved, decided_by, decided_name,
        decided_at, comment)
    select gen_random_uuid(), %(company)d, v.name, a.id, 'a', now() - n * interval '20 minutes', 'reason',
        now() - n * interval '20 minutes' + interval '14 days',
        case n %% 8 when 0 then null when 1 then false else true end, case when n %% 8 = 0 then null else b.id end,
        case when n %% 8 = 0 then null else 'b' end, case when n %% 8 = 0 then null else now() end, case when n %% 8 = 0 then null else '' end
    from generate_series(1, 20000) n join people a on a.k = 1 join people b on b.k = 2
    join lateral (select name from vulnerabilities where id = 3000 + n) v on true;
insert into notification_endpoints (id, company_id, kind, target, label, minimum_severity, exploited_only, secret, created_by, created_at)
    select gen_random_uuid(), %(company)d, 'webhook', 'https://hooks.example.com/' || n, n::text, 0, false, 'x', 'a', now() + n * interval '1 second'
    from generate_series(1, 3) n;
insert into notifications (id, company_id, endpoint_id, type, dedupe_key, payload, state, attempts, created_at, due_at, ended_at)
    select gen_random_uuid(), %(company)d, e.id, 'finding.first_seen', n::text, '{}', case when n %% 5000 = 0 then 'dead' else 'delivered' end, 1,
        now() - n * interval '1 minute', now(), now()
    from generate_series(1, 200000) n join notification_endpoints e on e.company_id = %(company)d
        and e.label = case when n > 199000 then '3' else (1 + n %% 2)::text end;
insert into notes (id, company_id, vulnerability, author, author_name, at, text)
    select gen_random_uuid(), %(company)d, v.name, p.id, 'a', now() - n * interval '1 hour', 'seen'
    from generate_series(1, 1000) n, people p,
        (select name from company_vulnerabilities where company_id = %(company)d order by agents desc limit 1) v where p.k = 1;
insert into api_tokens (id, company_id, user_id, hash, name, scopes, expires_at, created_at)
    select gen_random_uuid(), %(company)d, p.id, sha256(('t' || n)::bytea), n::text, 'findings:read', now(), now() - n * interval '1 hour'
    from generate_series(1, 1000) n join people p on p.k = 1 + n %% 500;
insert into agent_labels select %(company)d, l, id from agents, unnest(array['all', 'some']) l where company_id = %(company)d and (l = 'all' or id::text < '2');
analyze;
"""

FACTS = """
with v as (select name, agents from company_vulnerabilities where agents > 0)
select json_build_object(
    'widest', (select name from v order by agents desc limit 1),
    'middle', (select name from v order by abs(agents - 2500) limit 1),
    'narrow', (select name from v order by agents limit 1),
    'worst', (select a.id from agents a join inventories i on i.company_id = a.company_id and i.number = a.applied_inventory
        order by i.critical + i.high + i.medium desc limit 1),
    'usual', (select id from agents order by id limit 1),
    'busy', (select user_id from assignments group by 1 order by count(*) desc, 1 limit 1),
    'actor', (select actor_id from audit_entries where actor_id is not null group by 1 order by count(*) desc limit 1),
    'rare', (select actor_id from audit_entries where actor_id is not null group by 1 order by count(*), 1 limit 1),
    'subject', (select subject from audit_entries where subject is not null limit 1),
    'accepted', (select vulnerability from exceptions limit 1),
    'endpoint', (select id from notification_endpoints where label = '1'),
    'quiet', (select id from notification_endpoints where label = '3'))
"""


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--folder")
    parser.add_argument("--parent", default="/tmp", help="where the database is made; the user postgres must be able to go there")
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--slow", type=int, default=100)
    parser.add_argument("--only", default="", help="lists with this in their path")
    parser.add_argument("--limit-ms", type=float, default=200)
    options = parser.parse_args()
    bench = Bench(options)
    bench.start()
    try:
        if options.verify:
            started = time.monotonic()
            print(bench.place.run("verify", check=False), f"({time.monotonic() - started:.0f} s)", file=sys.stderr)
        size = bench.postgres.statement("select pg_size_pretty(pg_database_size('zerotrace'))")
        exposures = bench.postgres.statement("select sum(exposures) from company_totals")
        times = bench.measure()
        if options.plans:
            print(bench.plans())
    finally:
        bench.stop()
    print(f"{platform.machine()}, {os.cpu_count()} cores; {exposures} findings, {size}; {options.rounds} rounds\n")
    print("| list | p50 ms | p95 ms | worst ms |\n|---|---|---|---|")
    slow = []
    for path, values in times.items():
        p95 = percentile(values, 0.95)
        print(f"| `{path}` | {statistics.median(values):.1f} | {p95:.1f} | {max(values):.1f} |")
        if p95 > options.limit_ms:
            slow.append((p95, path))
    print(f"\n{len(times)} lists, {len(slow)} with a 95th percentile above {options.limit_ms:.0f} ms")
    for p95, path in sorted(slow, reverse=True):
        print(f"  {p95:8.1f}  {path}")
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
