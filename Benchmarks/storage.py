#!/usr/bin/env python3
"""Bytes that agents take in PostgreSQL, by table and index.

    Benchmarks/storage.py [--agents 5000] [--companies 1] [--packages 1000] [--own 30] [--feeds MIRROR] [--changes 1] [--workers 2]

One gateway and one processor on PostgreSQL and Redis; the agents enroll and send their first inventories, then CHANGES further ones each in which one package is
another version, and a heartbeat. Hosts come in groups of 25 with the packages of one image; OWN percent of them have a tenth of their packages for themselves. Names
are those of the sources in the mirror's Debian tracker, else made up, 60,000 of them, the popular ones far more often than the others (Zipf), each in up to four
versions. Sizes are pg_total_relation_size after a plain VACUUM, as autovacuum leaves tables: dead room is counted.

"Per agent" counts what belongs to companies by the number of agents, and what all companies share (packages, vulnerabilities, verdicts) by SHARERS agents, 100,000 if not
said otherwise: with --companies 1 and --agents 5000 that is one of twenty companies of a fleet of 100,000, as a company's tables hold nothing of another's.
"""
import argparse
import bisect
import concurrent.futures
import gzip
import hashlib
import itertools
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from gateway import Agent, Client, Place

from installation import PROGRAMS, free_port, spawn, wait_for

SHARED = {"packages", "vulnerabilities", "verdicts", "meta"}


class Pool:
    """Packages of a distribution, drawn by popularity."""

    def __init__(self, names):
        self.names = names
        self.weights = list(itertools.accumulate(1 / (rank + 50) for rank in range(len(names))))

    @staticmethod
    def of(feeds):
        if feeds is None:
            return Pool([f"sample-{n:05d}" for n in range(60_000)])
        with gzip.open(feeds / "debian" / "tracker.json.gz") as file:
            names = sorted(json.load(file))
        names += [f"sample-{n:05d}" for n in range(60_000 - len(names))]
        random.Random(1).shuffle(names)
        return Pool(names)

    def draw(self, count, generator):
        """A dictionary of names and versions."""
        packages = {}
        while len(packages) < count:
            name = self.names[bisect.bisect(self.weights, generator.random() * self.weights[-1])]
            packages.setdefault(name, generator.choices([0, 1, 2, 3], [70, 20, 7, 3])[0])
        return packages


def line(name, version):
    return f"pkg:deb/debian/{name}@{1 + len(name) % 5}.{version + sum(name.encode()) % 7}-1?arch=amd64&distro=debian-12".encode() + b"\n"


class Host(Agent):
    """An agent with packages of a pool."""

    def __init__(self, number, company, pool, image, packages, is_own):
        super().__init__(number, True)
        self.company = company
        generator = random.Random(f"{company} {number}")
        self.packages = dict(image)
        if is_own:
            for name in generator.sample(sorted(self.packages), packages // 10):
                del self.packages[name]
            for name, version in pool.draw(packages, generator).items():
                if len(self.packages) < packages:
                    self.packages.setdefault(name, version)
        self.generator = generator

    def text(self):
        return b"".join(sorted(line(name, version) for name, version in self.packages.items()))

    def change(self):
        """An upgrade that all hosts with this package can get."""
        name = self.generator.choice(sorted(self.packages))
        self.packages[name] += 1


def hosts(pool, companies, agents, packages, own):
    """Made when asked for: they are many."""
    images = {}
    for number in range(agents):
        company, place = number % companies, number // companies
        group = (company, place // 25)
        if group not in images:
            images = {group: pool.draw(packages, random.Random(f"image {group}"))} | images
        yield Host(number, company, pool, images[group], packages, place % 100 * 37 % 100 < own)


def send(place, requests):
    client = Client(place.port, 16)
    statuses = client.run(requests)
    client.close()
    if max(statuses) >= 300:
        sys.exit(f"refused: {statuses}")


def wait_until_applied(place):
    def is_done():
        return place.servers[0].statement("select count(*) from agents where waiting_since is not null") == "0"

    wait_for(is_done, "inventories to be applied", patience=3600)


def report(place, agents, sharers):
    postgres = place.servers[0]
    postgres.statement("vacuum analyze")
    rows = postgres.statement(
        """select coalesce(p.relname, t.relname), coalesce(i.relname, ''), sum(pg_relation_size(coalesce(i.oid, t.oid))
             + case when i.oid is null then coalesce(pg_total_relation_size(nullif(t.reltoastrelid, 0)), 0) + pg_relation_size(t.oid, 'fsm') + pg_relation_size(t.oid, 'vm') else 0 end)
           from pg_class t left join pg_inherits h on h.inhrelid = t.oid left join pg_class p on p.oid = h.inhparent
           cross join lateral (select null::oid, null::name union all select x.indexrelid, c.relname from pg_index x join pg_class c on c.oid = x.indexrelid
             where x.indrelid = t.oid) i (oid, relname)
           where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace group by 1, t.relname, 2""")
    sizes = {}
    for row in rows.splitlines():
        table, index, size = row.split("|")
        # The parts of a partitioned table have an index of their own each, named after the part.
        digits = [word for word in index.split("_") if not word.isdigit()]
        key = (table, "_".join(digits))
        sizes[key] = sizes.get(key, 0) + int(size)
    own = {key: size / agents for key, size in sizes.items() if key[0] not in SHARED}
    shared = {key: size / sharers for key, size in sizes.items() if key[0] in SHARED}
    for (table, index), size in sorted((own | shared).items(), key=lambda item: -item[1]):
        if size >= 10:
            print(f"  {table:28}{index:48}{size:9.0f}{'  of the shared catalogue' if table in SHARED else ''}")
    print(f"per agent: {sum(own.values()):.0f} bytes, with its part of the catalogue {sum(own.values()) + sum(shared.values()):.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=5000)
    parser.add_argument("--companies", type=int, default=1)
    parser.add_argument("--packages", type=int, default=1000)
    parser.add_argument("--own", type=int, default=30)
    parser.add_argument("--changes", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sharers", type=int, default=100_000)
    parser.add_argument("--feeds", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zerotrace-storage-", dir="/tmp"))
    folder.chmod(0o711)
    place = Place(folder, "postgres")
    place.feeds = arguments.feeds
    try:
        place.start()
        processor = spawn(
            [PROGRAMS / "zerotrace", "processor", "--data", place.data, "--workers", str(arguments.workers), "--listen", f"127.0.0.1:{free_port()}"],
            folder / "processor.log", env=place.environment)
        place.children.append(processor)
        measure(place, arguments)
    finally:
        place.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(place, arguments):
    tokens = []
    for number in range(arguments.companies):
        place.company(f"Company {number + 1}")
        tokens.append(place.token(f"Company {number + 1}", uses=1_000_000))
    fleet = list(hosts(Pool.of(arguments.feeds), arguments.companies, arguments.agents, arguments.packages, arguments.own))
    distinct = len({(host.company, hashlib.sha256(host.text()).digest()) for host in fleet})
    print(f"{len(fleet)} agents in {arguments.companies} companies, {arguments.packages} packages each, {distinct} different inventories", flush=True)
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda host: host.enroll(place, tokens[host.company]), fleet))
    send(place, (host.inventory() for host in fleet))
    wait_until_applied(place)
    send(place, (host.heartbeat() for host in fleet))
    print(f"first inventories, {time.monotonic() - started:.0f} s:", flush=True)
    report(place, len(fleet), arguments.sharers)
    for number in range(arguments.changes):
        for host in fleet:
            host.change()
        send(place, (host.inventory() for host in fleet))
        wait_until_applied(place)
        send(place, (host.heartbeat() for host in fleet))
        print(f"after {number + 1} changes of each:", flush=True)
        report(place, len(fleet), arguments.sharers)


if __name__ == "__main__":
    main()
