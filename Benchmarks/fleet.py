#!/usr/bin/env python3
"""What agents cost the production topology: gateway CPU of each kind of request, processor CPU of a change, time from change to screen, bytes in PostgreSQL.

    Benchmarks/fleet.py [--agents 2000] [--packages 200] [--feeds MIRROR] [--companies 20] [--rounds 3]

It starts the topology of `make production` and runs `zerotrace loadtest` against it. CPU is user and system time of the processes from /proc, so it holds on a busy
machine; times on the stream do not. What one kind of request costs is the difference of two runs that differ in that alone, divided by how many more there
were; each difference is taken ROUNDS times, and quoted is the median. Ratios are to one `GET /-/healthy` on a kept connection: the HTTP server with nothing
behind it, measured between the runs.

  arrival    enrollment, token, first inventory in full, one heartbeat: all of an agent's first minute, by the number of agents
  heartbeat  200 agents with one a second, and with none
  change     200 agents with 20 changes a second (a delta each), and with none

Bytes are those of all tables and indexes in PostgreSQL after the arrival of AGENTS agents and a vacuum, with and without the catalogue that all companies share.
"""
import argparse
import http.client
import json
import os
import pathlib
import platform
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Scripts"))

import production  # noqa: E402
from topology import Production  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
QUIET = ["--changes-per-second", "0", "--heartbeat", "86400", "--verify", "0"]


def cpu(roles):
    """Seconds of user and system time."""
    total = 0
    for role in roles:
        fields = pathlib.Path(f"/proc/{role.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


class Bench:
    def __init__(self, place, credentials, program, packages):
        self.place = place
        self.credentials = credentials
        self.program = program
        self.packages = packages
        self.seed = 0

    def load(self, agents, *options):
        """One run; answers its report and the CPU seconds of gateways and processors."""
        self.seed += 1
        command = [
            self.program, "loadtest", "--server", self.place.url, "--ca", self.place.nginx.certificate, "--companies", self.credentials,
            "--index", self.place.data / "index" / "current", "--packages", str(self.packages), "--seed", str(self.seed), "--format", "json",
            "--settle", "600", "--agents", str(agents), *options,
        ]
        before = cpu(self.place.gateways), cpu(self.place.processors)
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        after = cpu(self.place.gateways), cpu(self.place.processors)
        report = json.loads(result.stdout)
        if result.returncode != 0:
            print("NOT GOOD:", report["failures"], report["wrong"], report["unfinished"], file=sys.stderr)
        return report, after[0] - before[0], after[1] - before[1]

    def plain(self, requests=4000):
        """Microseconds of gateway CPU for a request with nothing behind it."""
        gateway = self.place.gateways[0]
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
        before = cpu([gateway])
        for _ in range(requests):
            connection.request("GET", "/-/healthy")
            connection.getresponse().read()
        return (cpu([gateway]) - before) / requests * 1e6

    def difference(self, kind, agents, quiet, busy):
        """Microseconds of gateway and processor CPU for one more request of a kind."""
        without, gateways, processors = self.load(agents, *QUIET, *quiet)
        with_, more_gateways, more_processors = self.load(agents, *QUIET, *busy)
        count = with_["requests"][kind]["count"] - without["requests"].get(kind, {"count": 0})["count"]
        return (more_gateways - gateways) / count * 1e6, (more_processors - processors) / count * 1e6, with_

    def bytes(self):
        """Of all tables with their indexes, and of those of the shared catalogue."""
        self.place.postgres.statement("vacuum full")
        rows = self.place.postgres.statement(
            "select relname, pg_total_relation_size(oid) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        sizes = {name: int(size) for name, size in (row.split("|") for row in rows.splitlines())}
        return sum(sizes.values()), sum(size for name, size in sizes.items() if name in CATALOGUE)


# Tables that are the same for all companies.
CATALOGUE = {"packages", "vulnerabilities", "verdicts", "meta"}


def arrivals(bench, few, many):
    first = bench.load(few, *QUIET, "--duration", "20", "--arrivals", "15")
    second = bench.load(many, *QUIET, "--duration", "20", "--arrivals", "15")
    return [(second[n] - first[n]) / (many - few) * 1e6 for n in (1, 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--packages", type=int, default=200)
    parser.add_argument("--feeds", type=pathlib.Path)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loadtest", type=pathlib.Path, help="another program for the load; default: the one that is measured")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zerotrace-fleet-", dir="/tmp"))
    folder.chmod(0o711)
    place = Production(
        folder, heartbeat=3600, scrape="5s", password=secrets.token_urlsafe(18), parent=folder, settings=production.POSTGRES_SETTINGS)
    try:
        credentials = place.set_up(arguments.companies, arguments.feeds)
        place.start()
        program = arguments.loadtest or pathlib.Path(os.environ["ZEROTRACE_PROGRAMS"]) / "zerotrace"
        measure(Bench(place, credentials, program, arguments.packages), arguments)
    finally:
        place.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(bench, arguments):
    cores = os.cpu_count()
    print(f"{platform.machine()}, {cores} cores, {arguments.packages} packages an agent, {time.strftime('%Y-%m-%d')}")
    empty, shared = bench.bytes()
    report, _, _ = bench.load(arguments.agents, *QUIET, "--duration", "60", "--arrivals", "50")
    full, catalogue = bench.bytes()
    agents = arguments.agents
    print(f"PostgreSQL: {(full - empty) / agents:.0f} bytes an agent, {(full - catalogue - empty + shared) / agents:.0f} without the catalogue", flush=True)
    seen = report["seen"]["first_inventory_seen"]["milliseconds"]
    print(f"first inventory on the stream, {agents} agents in 50 s: p50 {seen['p50']:.0f} ms, p95 {seen['p95']:.0f} ms", flush=True)
    rows, plain, times = {"arrival": [], "heartbeat": [], "change": []}, [], []
    for _ in range(arguments.rounds):
        plain.append(bench.plain())
        rows["arrival"].append(arrivals(bench, 50, 350))
        gateways, processors, _ = bench.difference(
            "heartbeat", 200, ["--duration", "30", "--arrivals", "5"],
            ["--duration", "30", "--arrivals", "5", "--heartbeat", "1"])
        rows["heartbeat"].append((gateways, processors))
        gateways, processors, report = bench.difference(
            "delta", 200, ["--duration", "30", "--arrivals", "5"], ["--duration", "30", "--arrivals", "5", "--changes-per-second", "20"])
        rows["change"].append((gateways, processors))
        times.append(report["seen"]["change_seen"]["milliseconds"])
    base = statistics.median(plain)
    print(f"GET /-/healthy: {base:.0f} us of gateway CPU")
    for name, values in rows.items():
        gateway, processor = (statistics.median(value[n] for value in values) for n in (0, 1))
        print(f"{name}: {gateway:.0f} us of gateway CPU, {gateway / base:.1f} times GET /-/healthy; {processor:.0f} us of processor CPU")
    p50, p95 = (statistics.median(value[share] for value in times) for share in ("p50", "p95"))
    print(f"change to stream at 20 a second: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()
