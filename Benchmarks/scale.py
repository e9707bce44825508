#!/usr/bin/env python3
"""The production topology with the agents of many companies in its database: bytes, memory, and how soon news arrive.

    Benchmarks/scale.py --feeds MIRROR [--agents 100000] [--companies 20] [--packages 1000] [--own 30] [--history 0] [--workers 2]
                        [--advisories 3] [--changes 200] [--seconds 60] [--folder DIR] [--verify]

`zerotrace-fleet` (Sources/zerotrace-fleet/README.md) writes the agents through the store, matched by the index of MIRROR. Their packages are 60,000 names, popular ones
far more often than the others (Zipf): the sources of the mirror's Debian tracker in the version that Debian 12 has, or a build a little older, and, where those do not suffice, names of
which nobody heard. Then nginx, two of each role, a standby, Redis and memcached start on that database, and it is told

  bytes        of each table and index, by the number of agents, after a VACUUM as autovacuum does it: dead room is counted. First as the fleet left it.
  advisories   time from the start of `zerotrace feeds sync`, with a record more in the tracker about a package that most agents have, until every company lists all its
               affected agents through the API; and from the moment that the new index is in place
  changes      `zerotrace loadtest` with 1,000 more agents that change CHANGES times a second: time until a change is on the live stream
  memory       the most that each role ever had resident, and what of it is its own now (the rest is the mapped index)

All times hold on an idle machine only. Logs stay in --folder, if there is one; the database does not.
"""
import argparse
import concurrent.futures
import gzip
import itertools
import json
import os
import pathlib
import platform
import random
import resource
import secrets
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Scripts"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

import production  # noqa: E402
from installation import PROGRAMS, wait_for  # noqa: E402
from storage import report  # noqa: E402
from topology import Production  # noqa: E402

NAMES = 60_000


class Scale(Production):
    """The topology, with a mirror of its own that more is added to."""

    def __init__(self, folder, options):
        super().__init__(
            folder, heartbeat=3600, scrape="5s", password=secrets.token_urlsafe(18), parent=folder, settings=production.POSTGRES_SETTINGS)
        self.options = options
        self.mirror = folder / "mirror"
        self.people = []

    @property
    def servers(self):
        return [self.postgres]

    def sync(self):
        # A mirror may lack a feed, which sync says by its exit code; the others are there.
        self.run("feeds", "sync", "--mirror", self.mirror, "--no-apt", check=False)

    def write_names(self):
        """Names and versions, the most popular first; every fourth is one that the tracker knows, while there are some."""
        with gzip.open(self.tracker) as file:
            tracker = json.load(file)
        known = {}
        for name, records in tracker.items():
            for record in records.values():
                version = record["releases"].get("bookworm", {}).get("repositories", {}).get("bookworm")
                if version:
                    known[name] = version
        known = sorted(known.items())
        random.Random(1).shuffle(known)
        unknown = ((f"sample-{n:05d}", f"1.{n % 7}-1") for n in itertools.count())
        names = [known[n // 4] if n % 4 == 0 and n // 4 < len(known) else next(unknown) for n in range(NAMES)]
        path = self.folder / "names.tsv"
        path.write_text("".join(f"{name}\t{version}\n" for name, version in names))
        return path, names[0][0]

    @property
    def tracker(self):
        return self.mirror / "debian" / "tracker.json.gz"

    def fill(self):
        shutil.copytree(self.options.feeds, self.mirror)
        self.run("migrate")
        self.sync()
        names, self.popular = self.write_names()
        options = self.options
        started = time.monotonic()
        numbers = [0, options.companies, options.agents // options.companies, options.packages, options.own, options.history, options.workers]
        subprocess.run(
            [PROGRAMS / "zerotrace-fleet", self.data / "index" / "current", names, *map(str, numbers)], env=self.environment, check=True)
        print(f"{options.agents} agents in {options.companies} companies written in {time.monotonic() - started:.0f} s", flush=True)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            self.people = list(pool.map(self.make_person, range(1, options.companies + 1)))

    def make_person(self, number):
        company, email, password = f"Company {number}", f"person{number}@example.com", secrets.token_urlsafe(15)
        self.user(company, email, password)
        return {"company": company, "email": email, "password": password, "token": self.token(company, uses=1_000_000)}

    # Advisories

    def wait_until_applied(self, patience=1800):
        def digests():
            # The basis of all verdicts names the index that they are of.
            index = (self.data / "index" / "current").resolve().name.split(".")[0]
            return index and index in self.postgres.statement("select string_agg(value::text, ' ') from meta")

        return wait_for(digests, "the index to be applied", patience)[1]

    def add_record(self, number):
        """One more vulnerability of the most popular package, not repaired anywhere."""
        name = f"CVE-2026-9{number:04d}"
        with gzip.open(self.tracker) as file:
            tracker = json.load(file)
        tracker[self.popular][name] = {
            "description": "A crafted request overflows a buffer on the heap.", "scope": "remote",
            "releases": {"bookworm": {"status": "open", "repositories": {"bookworm": "1"}, "urgency": "not yet assigned"}},
        }
        with gzip.open(self.tracker, "wt", compresslevel=1) as file:
            json.dump(tracker, file)
        return name

    def count_holders(self):
        """How many agents have the popular package, counted from their inventories alone."""
        return int(self.postgres.statement(f"""
            select count(*) from agents a join inventories i on i.company_id = a.company_id and i.number = a.applied_inventory
            where exists (select from unpack_packages(i.package_ids) h (id) join packages p on p.id = h.id
                where p.purl like 'pkg:deb/debian/{self.popular}@%')"""))

    def listed(self, name, tokens):
        def agents(token):
            answer = self.request("GET", f"/v1/vulnerabilities/{name}", token=token)
            return answer.json.get("agents", 0) if answer.status == 200 else 0

        return sum(map(agents, tokens))

    def news(self, number, holders):
        """Seconds from the start of the sync, and from the new index, until all of them are listed."""
        name = self.add_record(number)
        tokens = [self.sign_in(person["email"], person["password"]) for person in self.people]
        started = time.monotonic()
        self.sync()
        synced = time.monotonic()
        wait_for(lambda: self.listed(name, tokens) >= holders, f"{name} to be listed for {holders} agents", 120)
        return time.monotonic() - started, time.monotonic() - synced


def memory(role):
    lines = pathlib.Path(f"/proc/{role.process.pid}/status").read_text().splitlines()
    fields = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("RssAnon:", "VmHWM:"))}
    return int(fields["VmHWM"]) / 1024, int(fields["RssAnon"]) / 1024


def show_memory(place, when):
    print(f"memory {when}, MiB, most resident and own:")
    for role in place.roles:
        most, own = memory(role)
        print(f"  {role.name:16}{most:8.0f}{own:8.0f}", flush=True)


def measure(place, options):
    place.fill()
    report(place, options.agents, options.agents)
    place.start()
    print(f"index applied {place.wait_until_applied():.0f} s after the roles started", flush=True)
    show_memory(place, "after the start")
    holders = place.count_holders()
    for number in range(options.advisories):
        whole, swap = place.news(number, holders)
        print(f"new advisory: {holders} agents listed {whole:.2f} s after the sync began, {swap:.2f} s after the index was there", flush=True)
        place.wait_until_applied()
    show_memory(place, "after the advisories")
    if options.changes:
        changes(place, options)
        show_memory(place, "after the changes")
    if options.verify:
        started = time.monotonic()
        print(f"verify: {place.run('verify', check=False)}, {time.monotonic() - started:.0f} s")


def changes(place, options):
    credentials = place.folder / "credentials.json"
    credentials.touch(mode=0o600)
    credentials.write_text(json.dumps(place.people))
    command = [
        PROGRAMS / "zerotrace", "loadtest", "--server", place.url, "--ca", place.nginx.certificate, "--companies", credentials,
        "--index", place.data / "index" / "current", "--packages", str(options.packages), "--agents", "1000", "--arrivals", "60", "--heartbeat", "300",
        "--duration", str(60 + options.seconds), "--changes-per-second", str(options.changes), "--settle", "120", "--format", "json",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(result.stdout)
    print(f"load: rc {result.returncode}, failed {found['failures']['count']}, wrong {found['wrong']['count']}, unfinished {found['unfinished']}")
    for kind, times in sorted(found["seen"].items()):
        print(f"  {kind:24}{times['count']:8}  " + "  ".join(f"{name} {value:.0f} ms" for name, value in times["milliseconds"].items()), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=pathlib.Path, required=True)
    parser.add_argument("--agents", type=int, default=100_000)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--packages", type=int, default=1000)
    parser.add_argument("--own", type=int, default=30)
    parser.add_argument("--history", type=int, default=0, help="further inventories of each agent")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--advisories", type=int, default=3)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--verify", action="store_true")
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = production.make_folder(options.folder)
    print(f"{platform.machine()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}", flush=True)
    place = Scale(folder, options)
    try:
        measure(place, options)
    finally:
        place.stop()
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
