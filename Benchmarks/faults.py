#!/usr/bin/env python3
"""Faults in the production topology while agents report and drift; afterwards everything is recomputed, and every event is looked for.

    Benchmarks/faults.py [--minutes 30] [--agents 500] [--seed 1] [--folder DIR] [FAULT …]

nginx, two of each role, two PostgreSQL servers of which one follows the other synchronously, Redis and memcached, on loopback. `zerotrace loadtest` plays the
agents; every company's live stream is watched by a subscriber who resumes where a connection broke; one agent and one person ask all the time. Faults
(Tests/EndToEnd/fault_kinds.py; default: all of them) come one after the other in an order drawn with the seed, all of them before one comes again. After each it is
measured how long until a change made then shows on the stream, and until the gateways call nothing down. It ends with 1 when

  an agent's inventory is not the one applied, or was not applied exactly once; an answer to an agent was wrong;
  an event is missing on a stream, or came twice; a role ended by itself; something stayed down; a job was given up;
  `zerotrace verify` finds a difference.

Memory of each role (private, without the mapped index) is read every ten seconds and drawn in memory.svg; the slope is that of a straight line through the
longest life of each, its first fifth left out. Roles number 2 are killed only in the last third, so that some live long. With a heartbeat each second an agent
sends in 24 minutes what it sends in a day.
"""
import argparse
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
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Scripts"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

import production  # noqa: E402
from fault_kinds import FAULTS  # noqa: E402
from fault_lab import Canary, Lab, Prober, Witness  # noqa: E402
from installation import PROGRAMS, wait_for  # noqa: E402

PATIENCE = 90


class Memory(threading.Thread):
    """Private memory of every role, each ten seconds."""

    def __init__(self, lab, seconds=10):
        super().__init__(daemon=True)
        self.lab, self.seconds = lab, seconds
        self.started = time.monotonic()
        # (role, process) → [(seconds, MiB)]
        self.lives = {}
        self.most = {}
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(self.seconds):
            for role in self.lab.roles:
                fields = self.read(role.process)
                if fields:
                    self.lives.setdefault((role.name, role.process.pid), []).append((time.monotonic() - self.started, fields["RssAnon"]))
                    self.most[role.name] = max(self.most.get(role.name, 0), fields["VmRSS"])

    @staticmethod
    def read(process):
        try:
            lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
        except OSError:
            return None
        fields = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(("RssAnon:", "VmRSS:"))}
        return fields if len(fields) == 2 else None

    def slopes(self):
        """Role → (MiB an hour, first MiB, last MiB, minutes) of its longest life."""
        found = {}
        for (name, _), points in self.lives.items():
            points = points[len(points) // 5:]
            if len(points) < 3 or (name in found and found[name][3] > (points[-1][0] - points[0][0]) / 60):
                continue
            middle = [sum(column) / len(points) for column in zip(*points)]
            over = sum((x - middle[0]) ** 2 for x, _ in points)
            slope = sum((x - middle[0]) * (y - middle[1]) for x, y in points) / over
            found[name] = (slope * 3600, points[0][1], points[-1][1], (points[-1][0] - points[0][0]) / 60)
        return dict(sorted(found.items()))

    def draw(self, path):
        """One line a life, one colour a role."""
        colours = ["#1b6ca8", "#6bb0de", "#b3541e", "#e8a365", "#3f7d3a", "#93c47d"]
        names = sorted({name for name, _ in self.lives})
        right = max((points[-1][0] for points in self.lives.values()), default=1)
        top = max((y for points in self.lives.values() for _, y in points), default=1) * 1.05
        parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 420" font-family="sans-serif" font-size="12">',
                 '<rect width="900" height="420" fill="#fff"/>']
        for step in range(6):
            y = 380 - 350 * step / 5
            parts.append(f'<path d="M60 {y:.0f}H740" stroke="#ddd"/><text x="52" y="{y + 4:.0f}" text-anchor="end">{top * step / 5:.0f}</text>')
            parts.append(f'<text x="{60 + 680 * step / 5:.0f}" y="398" text-anchor="middle">{right * step / 300:.0f}</text>')
        parts.append('<text x="60" y="20">private memory, MiB, over minutes</text>')
        for (name, _), points in self.lives.items():
            line = " ".join(f"{60 + 680 * x / right:.1f},{380 - 350 * y / top:.1f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colours[names.index(name) % 6]}" stroke-width="1.5"/>')
        for number, name in enumerate(names):
            parts.append(f'<text x="755" y="{40 + 18 * number}" fill="{colours[number % 6]}">{name}</text>')
        path.write_text("\n".join([*parts, "</svg>"]) + "\n")


class Run:
    def __init__(self, lab, options):
        self.lab, self.options = lab, options
        self.draw = random.Random(options.seed)
        self.problems = []
        self.rows = []

    def complain(self, text):
        self.problems.append(text[:800])
        print(f"  PROBLEM: {text[:4000]}", flush=True)

    # Before

    def begin(self):
        lab, options = self.lab, self.options
        self.credentials = lab.set_up(options.companies)
        self.people = json.loads(self.credentials.read_text())
        lab.start()
        self.witnesses = [Witness(lab, person) for person in self.people]
        for witness in self.witnesses:
            witness.start()
        self.canary = Canary(lab, self.people[0], self.witnesses[0])
        lab.prober = Prober(lab, self.people[0])
        lab.prober.start()
        assert self.canary.wait_until_shown(PATIENCE), "nothing works before the first fault"
        lab.spared = {role.name for role in lab.roles if role.name.endswith("-2")}
        self.memory = Memory(lab)
        self.memory.start()
        self.load = self.start_load()
        # Faults are for what runs: the load signs in and opens its streams once, without trying again.
        wait_for(lambda: self.load.poll() is not None or int(lab.postgres.statement("select count(*) from agents")) > 2, "the load to begin", PATIENCE)

    def start_load(self):
        lab, options = self.lab, self.options
        command = [
            PROGRAMS / "zerotrace", "loadtest", "--server", f"https://127.0.0.1:{lab.front.port}", "--ca", lab.nginx.certificate,
            "--companies", self.credentials, "--index", (lab.data / "index" / "current").resolve(), "--agents", str(options.agents),
            "--packages", str(options.packages), "--duration", str(options.minutes * 60), "--arrivals", str(min(30, options.minutes * 20)),
            "--changes-per-second", str(options.changes), "--heartbeat", str(options.heartbeat), "--seed", str(options.seed), "--settle", "180",
            "--verify", "20", "--format", "json",
        ]
        self.report = lab.folder / "load.json"
        with open(self.report, "wb") as output, open(lab.folder / "load.log", "wb") as errors:
            return subprocess.Popen(command, stdout=output, stderr=errors, env={**lab.environment, **lab.clock("agents")})

    # Faults

    def go(self):
        started = time.monotonic()
        end = started + self.options.minutes * 60
        print(f"{'at':>6}  {'fault':18}{'lasted':>7} {'to work':>8} {'all well':>9}   answered/failed meanwhile; called down; what it was")
        bag = []
        while time.monotonic() < end - min(45, 18 * self.options.minutes) and self.load.poll() is None:
            if time.monotonic() - started > self.options.minutes * 40:
                self.lab.spared = set()
            bag = bag or self.draw.sample(self.options.faults, len(self.options.faults))
            self.one(bag.pop(), started)
            time.sleep(self.draw.uniform(1, 4))
        # The load compares its answers with the index that it knows.
        self.lab.sync_changed(False)

    def one(self, name, started):
        lab, prober = self.lab, self.lab.prober
        answered, failed = prober.answered, len(prober.failed)
        seen, over = set(), threading.Event()
        watcher = threading.Thread(target=self.watch, args=[seen, over], daemon=True)
        watcher.start()
        begun = time.monotonic()
        try:
            text = FAULTS[name](lab, self.draw)
        except Exception as error:  # noqa: BLE001 — the run goes on, the problem is told.
            text = f"{type(error).__name__}: {error}"
            self.complain(f"{name}: {text}")
        repaired = time.monotonic()
        to_work = self.canary.wait_until_shown(PATIENCE)
        over.set()
        watcher.join()
        if to_work is None:
            self.complain(f"{name}: nothing shows after {PATIENCE} s")
        self.look_after(name)
        all_well = self.wait_until_well(repaired)
        row = (name, repaired - begun, to_work, all_well, prober.answered - answered, len(prober.failed) - failed, seen, text)
        self.rows.append(row)
        shown = ["-" if value is None else f"{value:.1f} s" for value in (to_work, all_well)]
        print(f"{begun - started:5.0f}s  {name:18}{repaired - begun:6.1f}s {shown[0]:>8} {shown[1]:>9}   "
              f"{row[4]}/{row[5]}; {' '.join(sorted(seen)) or '-'}; {text or 'not possible here'}", flush=True)
        for failure in sorted(set(prober.failed[failed:]))[:4] if self.options.verbose else []:
            print(f"{'':27}{failure[:200]}", flush=True)

    def watch(self, seen, over):
        while not over.is_set():
            seen |= self.lab.failing()
            over.wait(0.5)

    def wait_until_well(self, since):
        try:
            wait_for(lambda: not self.lab.failing(), "everything to be called well", PATIENCE)
        except AssertionError:
            self.complain(f"still called down after {PATIENCE} s: {self.lab.failing()}")
            return None
        return time.monotonic() - since

    def look_after(self, name):
        if self.lab.after:
            self.lab.after()
            self.lab.after = None
        for role in self.lab.roles:
            if role.process.poll() is not None:
                self.complain(f"{name}: {role.name} ended by itself with {role.process.returncode}: {role.log.read_text()[-600:]}")
                role.start()

    # Afterwards

    def judge(self):
        lab = self.lab
        try:
            status = self.load.wait(timeout=420)
        except subprocess.TimeoutExpired:
            self.load.kill()
            return self.complain("the load did not end")
        lab.prober.end()
        self.memory.is_over.set()
        if not self.report.stat().st_size:
            return self.complain(f"the load ended with {status}: {(lab.folder / 'load.log').read_text()[-1000:]}")
        report = json.loads(self.report.read_text())
        print(f"\nload: rc {status}, {report['requests']['heartbeat']['count']} heartbeats, failed {report['failures']['count']} requests, "
              f"compared {report['compared']}")
        if report["wrong"]["count"] or report["unfinished"]:
            self.complain(f"wrong {report['wrong']}, unfinished {report['unfinished']}, failed as {report['failures']['examples']}")
        self.judge_database(report)
        self.judge_events(report)
        if differences := lab.run("verify", check=False).strip() != "no difference":
            self.complain(f"verify: {lab.run('verify', check=False)[:2000]}")
        print(f"verify: {'DIFFERENCES' if differences else 'no difference'}")
        if dead := lab.run("queue", "dead", "list"):
            self.complain(f"given up: {dead[:1000]}")

    def judge_database(self, report):
        waiting = "select count(*) from agents where waiting_since is not null"
        try:
            wait_for(lambda: self.lab.postgres.statement(waiting) == "0", "every inventory to be applied", PATIENCE)
        except AssertionError as error:
            self.complain(str(error))
        applied = {}
        for person in self.people:
            rows = (line.split("\t") for line in self.lab.run("agent", "list", "--company", person["company"]).splitlines())
            applied.update((row[0], row[5]) for row in rows)
        differing = [agent for agent, digest in report["digests"].items() if applied.get(agent) != digest]
        print(f"inventories: {len(report['digests']) - len(differing)} of {len(report['digests'])} agents' last ones are those applied")
        if differing:
            self.complain(f"{len(differing)} agents have another inventory applied than their last: {differing[:3]}")

    def judge_events(self, report):
        """What each stream showed is what the log holds; and the log holds one event for each thing that happened."""
        logs = {}
        for row in self.lab.postgres.statement("select c.name, e.id from events e join companies c on c.id = e.company_id order by 1, 2").splitlines():
            name, number = row.split("|")
            logs.setdefault(name, []).append(int(number))
        total = lost = doubled = 0
        for person, witness in zip(self.people, self.witnesses):
            log = logs.get(person["company"], [])
            try:
                wait_for(lambda: log and witness.ids and witness.ids[-1] >= log[-1], "the last event on the stream", 30)
            except AssertionError as error:
                self.complain(f"{person['company']}: {error}")
            witness.end()
            lost += len(set(log) - set(witness.ids))
            doubled += len(witness.doubled) + len(set(witness.ids) - set(log))
            total += len(log)
        reconnects = sum(witness.reconnects for witness in self.witnesses)
        print(f"events: {total}; on the streams {lost} lost, {doubled} doubled or unknown, {reconnects} connections")
        if lost or doubled:
            self.complain(f"{lost} events lost, {doubled} doubled")
        counts = self.lab.postgres.statement(
            "select kind, count(*), count(distinct data->>'agent') from events where kind <> 'verdicts_changed' group by 1 order by 1").splitlines()
        happened = {row.split("|")[0]: tuple(map(int, row.split("|")[1:])) for row in counts}
        agents = len(report["digests"]) + 2
        if happened["agent_enrolled"] != (agents, agents):
            self.complain(f"{agents} agents enrolled, events say {happened['agent_enrolled']}")
        changes = sum(report["seen"][kind]["count"] for kind in ("first_inventory_seen", "change_seen")) + self.witnesses[0].shown[self.canary.agent.agent_id]
        print(f"inventories applied: {happened['inventory_applied'][0]} events for {changes} inventories")
        if happened["inventory_applied"][0] != changes:
            self.complain(f"{changes} inventories were sent and seen, {happened['inventory_applied'][0]} events")

    def summary(self):
        print(f"\n{'fault':20}{'times':>6}{'to work: median':>17}{'worst':>8}{'all well: worst':>17}{'failed of asked':>17}")
        for name in self.options.faults:
            rows = [row for row in self.rows if row[0] == name]
            if not rows:
                continue
            work = sorted(row[2] for row in rows if row[2] is not None) or [float("nan")]
            well = [row[3] for row in rows if row[3] is not None] or [float("nan")]
            print(f"{name:20}{len(rows):6}{work[len(work) // 2]:15.1f} s{work[-1]:6.1f} s{max(well):15.1f} s"
                  f"{f'{sum(row[5] for row in rows)}/{sum(row[4] + row[5] for row in rows)}':>17}")
        print(f"\n{'role':16}{'MiB/h':>8}{'from':>8}{'to':>8}{'minutes':>9}{'most resident':>15}")
        for name, (slope, first, last, minutes) in self.memory.slopes().items():
            print(f"{name:16}{slope:8.1f}{first:8.1f}{last:8.1f}{minutes:9.1f}{self.memory.most[name]:11.0f} MiB")
        self.memory.draw(self.lab.folder / "memory.svg")
        print(f"\n{len(self.rows)} faults, seed {self.options.seed}: " + (f"{len(self.problems)} PROBLEMS" if self.problems else "nothing lost, nothing doubled"))
        for problem in self.problems:
            print(f"  {problem}")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--packages", type=int, default=100)
    parser.add_argument("--companies", type=int, default=4)
    parser.add_argument("--changes", type=float, default=5, help="of hosts a second")
    parser.add_argument("--heartbeat", type=int, default=1, help="seconds between two of one agent")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--folder", type=pathlib.Path, help="kept: logs, memory.svg; default: a temporary one, kept when something was wrong")
    parser.add_argument("--verbose", action="store_true", help="show how requests failed")
    options = parser.parse_args()
    if unknown := set(options.faults) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(unknown)}")
    options.faults = options.faults or list(FAULTS)
    return options


def main():
    options = read_options()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = production.make_folder(options.folder)
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.minutes:g} minutes, {options.agents} agents, "
          f"seed {options.seed}, {folder}", flush=True)
    lab = Lab(folder, password=secrets.token_urlsafe(18))
    run = Run(lab, options)
    try:
        run.begin()
        run.go()
        run.judge()
        run.summary()
    finally:
        lab.stop()
    if not options.folder and not run.problems:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if run.problems else 0


if __name__ == "__main__":
    sys.exit(main())
