"""A company with as many findings as wanted, written into PostgreSQL by COPY as the store itself would have written it: `zerotrace verify` finds no difference.

Realistic in what lists depend on: inventories are shared by agents that were set up alike, a third of the agents have one of their own that drifted from it;
most packages have no vulnerability, some have a few, kernels have many; dates, hosts and risks are spread. Everything is drawn with a fixed seed.
"""
import collections
import datetime
import hashlib
import json
import random
import subprocess
import uuid

DAY = 86_400_000
# Bytes of a set up to which it stands in a block: Holders.shortSize.
SHORT = 48
WORDS = "buffer heap overflow remote attacker crafted request parser memory denial service kernel race condition escalate local user header " \
    "certificate path traversal injection validation missing integer use after free leak token session proxy archive image font script".split()
ACTIONS = ["session.begun"] * 60 + ["agent.enrolled"] * 25 + ["session.refused"] * 8 + ["vulnerability.assigned"] * 5 + ["note.added"] * 2


def leb(values):
    """Ascending numbers as differences in LEB128: PackageIDList."""
    out = bytearray()
    before = 0
    for value in values:
        rest, before = value - before, value
        while rest >= 128:
            out.append(rest & 127 | 128)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def number(value):
    return leb([value])


def segments(numbers):
    """Ascending numbers as sets of inventories, a segment each: HolderSet."""
    parts = collections.defaultdict(list)
    for value in numbers:
        parts[value >> 13].append(value & 8191)
    for segment, members in parts.items():
        listed = leb([member + 1 for member in members])
        bits = bytearray(members[-1] // 8 + 1)
        for member in members:
            bits[member >> 3] |= 1 << (member & 7)
        yield segment, b"\0" + listed if len(listed) <= len(bits) else b"\1" + bytes(bits)


def array(size, slots):
    """An array in which all but these places are null."""
    return "{" + ",".join(slots.get(place, "NULL") for place in range(size)) + "}"


def packed_dates(groups):
    """(milliseconds, ascending packages), oldest first: PackageDates."""
    out, before = b"", None
    for time, packages in groups:
        out += number(time << 1 if before is None else time - before) + number(len(packages)) + leb(packages)
        before = time
    return out


def when(milliseconds):
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc).isoformat()


def text(value):
    """A value as COPY reads it."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    return str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


class LargeCompany:
    def __init__(self, agents, packages=120_000, vulnerabilities=45_000, images=80, held=1_000, own=0.3, audit=300_000, events=200_000, notifications=200_000,
                 seed=4):
        self.random = random.Random(seed)
        self.agents, self.packages, self.vulnerabilities = agents, packages, vulnerabilities
        self.images, self.held, self.own = images, held, own
        self.audit, self.events, self.notifications = audit, events, notifications
        self.now = int(datetime.datetime.now(datetime.timezone.utc).timestamp()) * 1000

    def identifier(self):
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    # What the program and the catalogue are.

    def make(self, company, audit_head):
        """`company`: its row and its UUID; `audit_head`: the last entry's number and hash."""
        self.company, self.company_uuid = company
        self.audit_head = audit_head
        self.make_catalogue()
        self.make_inventories()
        self.make_agents()
        self.count()

    def make_catalogue(self):
        draw = self.random
        self.records = [None]
        for n in range(1, self.vulnerabilities + 1):
            severity = draw.choices([0, 1, 2, 3, 4, 5], [8, 1, 16, 40, 27, 8])[0]
            exploited = draw.random() < 0.01
            risk = (780 + draw.randrange(200)) if exploited else [40, 0, 110, 240, 350, 430][severity] + draw.randrange(220)
            self.records.append((f"CVE-{2010 + n % 16}-{10_000 + n}", severity, risk, exploited))
        self.purls = [None] + [
            f"pkg:deb/debian/package-{n // 4}@{1 + n % 4}.{n % 17}-{n % 5 + 1}?arch=amd64&distro=debian-12" for n in range(1, self.packages + 1)]
        # By package: vulnerability → (affected, fixed). The first 60 are kernels.
        self.verdicts = {}
        for package in range(1, self.packages + 1):
            if package <= 60:
                amount = draw.randrange(70, 180)
                pool = range(1, 3_000)
            elif draw.random() < 0.09:
                amount = min(60, 1 + int(draw.expovariate(0.55)))
                pool = range(3_000, self.vulnerabilities + 1)
            else:
                continue
            said = {}
            for vulnerability in draw.sample(pool, amount):
                said[vulnerability] = (draw.random() > 0.04, "9.9-1" if draw.random() < 0.6 else None, self.now - draw.randrange(900) * DAY)
            self.verdicts[package] = said

    def make_inventories(self):
        draw = self.random
        core = draw.sample(range(61, self.packages + 1), 6_000)
        images = []
        for n in range(self.images):
            # What many images have comes first in `core`.
            held = {core[min(len(core) - 1, int(draw.expovariate(1 / 1_500)))] for _ in range(self.held * 13 // 10)}
            images.append(sorted(held)[:self.held - 1] + [n % 60 + 1])
        self.inventories = [sorted(set(image)) for image in images]
        self.bases = list(range(self.images))
        self.drift = [[] for _ in images]
        for _ in range(int(self.agents * self.own)):
            base = draw.randrange(self.images)
            held = set(self.inventories[base])
            fresh = {package for package in (draw.randrange(61, self.packages + 1) for _ in range(self.held // 20)) if package not in held}
            held -= set(draw.sample(sorted(held), len(fresh)))
            held |= fresh
            self.inventories.append(sorted(held))
            self.bases.append(base)
            self.drift.append(sorted(fresh))
        self.summaries = [self.summary(packages) for packages in self.inventories]

    def summary(self, packages):
        """Vulnerability → (affected, fixable), the counts in the order of the columns, and the risk."""
        states = {}
        for package in packages:
            for vulnerability, (affected, fixed, _) in self.verdicts.get(package, {}).items():
                was = states.get(vulnerability, (False, False))
                states[vulnerability] = (was[0] or affected, was[1] or (affected and fixed is not None))
        counts, risk = [0] * 8, 0
        for vulnerability, (affected, fixable) in states.items():
            _, severity, weight, exploited = self.records[vulnerability]
            if not affected:
                counts[7] += 1
                continue
            counts[min(4, 5 - severity)] += 1
            counts[5] += exploited
            counts[6] += fixable
            risk = max(risk, weight)
        return states, counts, risk

    def make_agents(self):
        draw = self.random
        shared = self.agents - (len(self.inventories) - self.images)
        weights = [1 / (n + 3) for n in range(self.images)]
        chosen = draw.choices(range(self.images), weights, k=shared) + list(range(self.images, len(self.inventories)))
        draw.shuffle(chosen)
        kinds = ["web", "db", "app", "build", "mail", "edge", "laptop", "vpn"]
        self.people = []
        for n, inventory in enumerate(chosen):
            first = self.now - draw.randrange(20, 700) * DAY
            drift = self.drift[inventory]
            cut = draw.randrange(len(drift) + 1)
            dates = [(first + DAY * 5, drift[:cut]), (first + DAY * 15, drift[cut:])]
            self.people.append((self.identifier(), f"{kinds[n % 8]}-{draw.randrange(10**6):06}-{n}.example.com", inventory, first,
                                [group for group in dates if group[1]], self.now - draw.randrange(3 * DAY)))

    def count(self):
        """Counters of the company, from inventories and how many have each."""
        having = collections.Counter(person[2] for person in self.people)
        self.counters = collections.defaultdict(lambda: [0, 0, 0])
        for inventory, (states, _, _) in enumerate(self.summaries):
            for vulnerability, (affected, fixable) in states.items():
                row = self.counters[vulnerability]
                if affected:
                    row[0] += having[inventory]
                    row[1] += fixable * having[inventory]
                else:
                    row[2] += having[inventory]
        # An image that nobody has is no inventory.
        self.kept = [n for n in range(len(self.inventories)) if having[n]]
        self.place = {n: place for place, n in enumerate(self.kept)}
        self.counters = {vulnerability: row for vulnerability, row in self.counters.items() if any(row)}
        self.totals = [0] * 8
        for vulnerability, (agents, fixable, _) in self.counters.items():
            _, severity, _, exploited = self.records[vulnerability]
            if not agents:
                self.totals[7] += 1
                continue
            self.totals[min(4, 5 - severity)] += 1
            self.totals[5] += exploited
            self.totals[6] += fixable > 0
        self.exposures = sum(row[0] for row in self.counters.values())
        self.first = {}
        for _, _, inventory, first, dates, _ in self.people:
            late = {package: time for time, packages in dates for package in packages}
            for package in self.inventories[inventory]:
                date = late.get(package, first)
                if self.first.get(package, date) >= date:
                    self.first[package] = date

    # Rows.

    def tables(self, token):
        """(table, columns, rows) in an order that references allow."""
        yield "packages (purl, search_key, scope, advisory_name, first_seen_at, evaluated_at)", (
            (purl, f"package-{n // 4}", "Debian:12", f"package-{n // 4}", when(self.now - 800 * DAY), when(self.now))
            for n, purl in enumerate(self.purls) if n)
        yield "vulnerabilities (name, severity, risk, exploited, search_key, record, updated_at)", self.vulnerability_rows()
        yield "verdicts (package_id, vulnerability_id, affected, fixed_version, reason, advisories, appeared_at)", (
            (package, vulnerability, affected, fixed, "in range", "{DSA-1}", when(appeared))
            for package, said in self.verdicts.items() for vulnerability, (affected, fixed, appeared) in said.items())
        yield "inventories (company_id, number, digest, package_ids, package_count, critical, high, medium, low, unknown, exploited, fixable, undetermined, " \
            "risk)", (
                (self.company, self.place[n], self.digest(n), leb(self.inventories[n]), len(self.inventories[n]), *self.summaries[n][1], self.summaries[n][2])
                for n in self.kept)
        yield "agents (company_id, id, enrollment_token_id, hostname, hostname_key, os, agent_version, enrolled_at, applied_inventory, applied_at, " \
            "first_applied_at, risk)", (
                (self.company, agent, token, host, host, '{"id": "debian", "versionID": "12", "prettyName": "Debian GNU/Linux 12 (bookworm)", "idLike": []}', "1.0", when(first),
                 self.place[inventory], when(first), when(first), self.summaries[inventory][2])
                for agent, host, inventory, first, _, _ in self.people)
        yield "agent_presence (company_id, agent_id, last_seen_at)", ((self.company, person[0], when(person[5])) for person in self.people)
        yield "agent_facts (company_id, agent_id, facts)", (
            (self.company, person[0], json.dumps({"host": {"hostname": person[1], "architecture": "x86_64"}, "agentVersion": "1.0", "droppedReports": 0,
                                                  "warnings": []})) for person in self.people)
        yield "agent_dates (company_id, agent_id, dates)", (
            (self.company, person[0], packed_dates(person[4])) for person in self.people if person[4])
        long, short = self.holders()
        yield "package_holders (company_id, package_id, segment, holders)", long
        yield "holder_blocks (company_id, block, segment, holders)", (
            (self.company, block, segment, array(32, slots)) for (block, segment), slots in short.items())
        yield "package_date_blocks (company_id, block, first_seen)", self.date_rows()
        yield "company_vulnerabilities (company_id, vulnerability_id, agents, fixable_agents, undetermined_agents, name, severity, risk, exploited)", (
            (self.company, vulnerability, *row, *self.records[vulnerability]) for vulnerability, row in self.counters.items())
        yield "events (company_id, id, at, kind, data)", (
            (self.company, n, when(self.now - (self.events - n) * 60_000), "agent_enrolled",
             json.dumps({"agent": str(self.people[n % len(self.people)][0]), "hostname": self.people[n % len(self.people)][1]}))
            for n in range(1, self.events + 1))
        yield "audit_entries (company_id, sequence, at, actor_kind, actor_id, actor_name, action, subject, details, address, request_id, previous, hash)", \
            self.audit_rows()

    def vulnerability_rows(self):
        for n, record in enumerate(self.records):
            if not n:
                continue
            name, severity, risk, exploited = record
            summary = " ".join(self.random.choices(WORDS, k=8))
            alias = f"GHSA-{n:04x}-{n % 7919:04x}-{n % 4093:04x}"
            word = ["unknown", "none", "low", "medium", "high", "critical"][severity]
            body = {
                "id": name, "aliases": [alias], "summary": summary, "details": " ".join(self.random.choices(WORDS, k=130)), "severity": word,
                "risk": {"value": risk / 10, "severityPart": risk / 10, "likelihoodPart": 0, "exploitPart": 0, "exploitedPart": 0},
                "references": [f"https://security.example.com/{name}"], "advisories": ["DSA-1"],
            }
            if exploited:
                body["kev"] = {"dateAdded": "2024-01-01", "dueDate": "2024-02-01", "ransomware": False}
            yield (name, severity, risk, exploited, "\n".join([name, alias, summary]).lower(), json.dumps(body), when(self.now))

    def digest(self, inventory):
        lines = sorted(self.purls[package] for package in self.inventories[inventory])
        return hashlib.sha256("".join(line + "\n" for line in lines).encode()).digest()

    def holders(self):
        """Rows of long sets; by block and segment the short ones, by place."""
        holders = collections.defaultdict(list)
        for place, n in enumerate(self.kept):
            for package in self.inventories[n]:
                holders[package].append(place)
        long, short = [], collections.defaultdict(dict)
        for package, places in holders.items():
            for segment, packed in segments(places):
                if len(packed) > SHORT:
                    long.append((self.company, package, segment, packed))
                else:
                    short[package >> 5, segment][package & 31] = '"\\\\x' + packed.hex() + '"'
        return long, short

    def date_rows(self):
        blocks = collections.defaultdict(dict)
        for package, first in self.first.items():
            blocks[package >> 6][package & 63] = f'"{when(first)}"'
        for block, slots in blocks.items():
            yield self.company, block, array(64, slots)

    def audit_rows(self):
        """A chain as Docs/audit.md says."""
        first, hash_before = self.audit_head
        start = self.now - 700 * DAY
        actors = [(str(self.identifier()), f"person-{n}@example.com") for n in range(150)]
        for sequence in range(first + 1, self.audit + 1):
            at = start + sequence * (700 * DAY // (self.audit + 1))
            actor, name = actors[min(149, int(self.random.expovariate(0.05)))]
            action = ACTIONS[self.random.randrange(100)]
            subject = f"CVE-2020-{self.random.randrange(9_000)}" if action.startswith(("vuln", "note")) else None
            texts = [str(self.company_uuid), str(sequence), str(at), "person", actor, name, action, subject, "{}", "10.0.0.1", f"r{sequence}"]
            chain = hashlib.sha256(hash_before)
            for value in texts:
                value = (value or "").encode()
                chain.update(b"%d:%b," % (len(value), value))
            hash_now = chain.digest()
            yield self.company, sequence, when(at), "person", actor, name, action, subject, "{}", "10.0.0.1", f"r{sequence}", hash_before, hash_now
            hash_before = hash_now
        self.audit_end = hash_before

    def write(self, copy, statement):
        """`copy(sql, lines)` and `statement(sql)` speak to the database as its owner."""
        token = self.identifier()
        statement(f"""insert into enrollment_tokens (id, company_id, hash, label, maximum_uses, uses, expires_at, created_at)
            values ('{token}', {self.company}, sha256('large'), 'large', 1000000, {self.agents}, now(), now())""")
        # COPY does not look at policies, so it is refused where they hold; the owner is a superuser here, whom they do not concern.
        for table, rows in self.tables(token):
            copy(f"copy {table} from stdin", ("\t".join(map(text, row)) + "\n" for row in rows))
        totals = ", ".join(map(str, self.totals))
        statement(f"""
            insert into audit_heads values ({self.company}, {self.audit}, '\\x{self.audit_end.hex()}')
                on conflict (company_id) do update set sequence = excluded.sequence, hash = excluded.hash;
            insert into company_totals (company_id, critical, high, medium, low, unknown, exploited, fixable, undetermined, exposures, agents, packages,
                    next_inventory)
                values ({self.company}, {totals}, {self.exposures}, {self.agents}, {len(self.first)}, {len(self.kept)})
                on conflict (company_id) do update set critical = excluded.critical, high = excluded.high, medium = excluded.medium, low = excluded.low,
                    unknown = excluded.unknown, exploited = excluded.exploited, fixable = excluded.fixable, undetermined = excluded.undetermined,
                    exposures = excluded.exposures, agents = excluded.agents, packages = excluded.packages, next_inventory = excluded.next_inventory;
            insert into company_hours select company_id, date_trunc('hour', now()) - n * interval '1 hour', critical, high, medium, low, unknown, exploited,
                fixable, undetermined, agents from company_totals, generate_series(0, 167) n where company_id = {self.company};
            select setval('event_ids', {self.events});
            analyze;""")


def psql_copy(command, environment, sql, lines):
    """Runs SQL through psql, feeding lines to a COPY."""
    process = subprocess.Popen([*command, "-c", sql], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
    for line in lines:
        process.stdin.write(line)
    process.stdin.close()
    if process.wait() != 0:
        raise RuntimeError(f"failed: {sql[:60]}")
