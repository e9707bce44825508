#!/usr/bin/env python3
"""Draws labelled pairs of package versions and vulnerabilities out of the reference feeds, judged by the ecosystems' own tools.

usage: generate.py FEEDS OUTPUT [INVENTORY…]

Writes OUTPUT/pairs.tsv and OUTPUT/advisories.ndjson. INVENTORY is a CycloneDX file of a Debian host (Trivy's `SrcName` property names the
sources): its packages become pairs at the versions they have. Needs apt's Python module, rpm, node with semver, ruby, php with
composer/semver, java with Maven, go, Python's `packaging`, and apk or `APK_COMPARE`. The same input gives the same output.
"""
import collections
import json
import pathlib
import random
import re
import sys

import nvd
from facts import Feeds
from judge import Judge, Unordered, bounds
from orders import order, style
from subjects import purl, subject
from versions import candidates, near

SEED = 20261122
LONGEST = 400  # bytes of one condensed statement
PLAN = {
    "Debian:11": 160, "Debian:12": 240, "Debian:13": 160, "Ubuntu": 110, "Alpine": 320, "AlmaLinux:8": 150, "AlmaLinux:9": 150, "AlmaLinux:10": 60,
    "Rocky Linux:8": 120, "Rocky Linux:9": 80, "PyPI": 300, "npm": 300, "Go": 280, "crates.io": 200, "Maven": 300, "RubyGems": 200, "NuGet": 200,
    "Packagist": 260, "Hex": 80, "Pub": 40, "SwiftURL": 80, "Hackage": 80, "GHC": 20, "Bitnami": 160, "Homebrew": 60, "Linux": 20, "NVD": 260,
}
INFORMATIONAL = {"unmaintained", "unsound", "notice"}
TOOLS = {"deb": "dpkg", "rpm": "rpm", "apk": "apk", "npm": "node-semver", "gem": "Gem::Version", "composer": "composer/semver",
         "maven": "ComparableVersion", "go": "x/mod/semver", "pep440": "packaging", "semver": "SemVer rule", "nuget": "NuGet rule",
         "pub": "pub_semver rule", "dotted": "dotted numbers", "padded": "dotted numbers"}


def heading(scope):
    """The row of the report that a scope counts in."""
    first = scope.split(":")[0]
    return scope if first in ("Debian", "AlmaLinux", "Rocky Linux") else "NVD" if first == "cpe" else first


class Group:
    """All that is said of one vulnerability in one package, as far as one build of it is spoken of."""

    def __init__(self, scope, name, vulnerability, statements, rng):
        self.scope, self.name, self.vulnerability, self.stream, self.all = scope, name, vulnerability, "", statements
        self.spoken = statements
        if any(s.get("modular") for s in statements):
            streams = sorted({s["stream"] for s in statements})
            if "" in streams or not all(s.get("modular") for s in statements):
                raise ValueError("streams that nobody names")
            self.stream = rng.choice(streams)
            self.spoken = [s for s in statements if s["stream"] == self.stream]
        # The file holds every rival with it.
        sizes = [len(line(s | {"versions": []})) for s in self.all]
        if sum(sizes) > 1400 or max(sizes) > LONGEST:
            raise ValueError("too long")

    def texts(self):
        """Versions that end ranges, and those named one by one."""
        ends = {b for s in self.spoken for b in [*bounds(s | {"versions": []}), *s.get("builds", [])]}
        return ends, {v for s in self.spoken for v in s["versions"]}

    def comparisons(self, found):
        """What the judge may ask of the tool."""
        ends, listed = self.texts()
        for left in {*found, *ends}:
            for right in ends | listed:
                yield left, right
                if right in ends:
                    yield right, left

    def candidates(self, rng):
        found = {}
        for one in self.spoken:
            if self.stream:
                for build in one.get("builds", []):
                    found.setdefault(build, "a build with the fix")
                    base, mark, tail = build.partition(".module")
                    for text, why in near(base, "rpm", "fix"):
                        if re.fullmatch(r"(\d+:)?[^:]+-\d+(\.\d+)*", text):
                            found.setdefault(text + mark + tail, why + " in a module")
            else:
                found.update({k: v for k, v in candidates([one], style(self.scope), rng).items() if k not in found})
        return found

    def settle_builds(self, judge):
        for one in self.all:
            if len(one.get("builds", [])) > 1:
                one["ranges"] = [[">=0", "<" + judge.lowest(one["builds"]).split("|")[0]]]


def line(one):
    """A condensed statement."""
    kept = {"id": one["id"], "feed": one["feed"]}
    for key in ("aliases", "upstream", "scope", "name", "ranges", "versions", "state", "urgency", "stream"):
        if one[key]:
            kept[key] = one[key]
    if one["withdrawn"]:
        kept["withdrawn"] = True
    if one["condition"]:
        kept["cpe"] = one["condition"]["cpe"]
        if one["condition"]["platforms"]:
            kept["platforms"] = one["condition"]["platforms"]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def trimmed(one, judge, needed):
    """Without listed versions that its ranges hold anyway, or that no pair asks for."""
    kept = [v for v in one["versions"] if v in needed]
    if not one["ranges"] and not kept:
        kept = one["versions"][:1]
    return one | {"versions": sorted(set(kept)), "upstream": [u for u in one["upstream"] if u in one["vulnerabilities"]] if len(one["upstream"]) > 3 else one["upstream"]}


def draw(groups, count, rng):
    """Groups in random order; those of several records, of withdrawn ones and of several ranges come up more often."""
    def weight(statements):
        rich = len(statements) > 1 or any(len(s["ranges"]) > 1 or len(s["ranges"] and s["ranges"][0]) > 3 for s in statements)
        return 3 if any(s["withdrawn"] for s in statements) else 2.0 if rich else 1.0

    keys = sorted(groups)
    scored = sorted(keys, key=lambda k: rng.random() ** (1 / weight(groups[k])), reverse=True)
    return scored[:count]


def pick(labelled, rng):
    """Up to four of a group's versions: two that are affected, two that are not, the boundary first."""
    rng.shuffle(labelled)
    labelled.sort(key=lambda p: not p[3].startswith(("at the", "just below")))
    good = [p for p in labelled if p[1] == "affected"]
    bad = [p for p in labelled if p[1] != "affected"]
    for side in (good, bad):
        if len(side) > 2 and rng.random() < 0.7:
            side[1] = rng.choice(side[1:])
    return good[:2] + bad[:2]


def asked_id(group, rng):
    """The vulnerability by one of its ids."""
    own = {s["id"] for s in group.spoken if not s["withdrawn"] and s["vulnerabilities"] == [group.vulnerability] and ":" not in s["id"]}
    return rng.choice([group.vulnerability, group.vulnerability, *sorted(own)])


OTHER_PLATFORM = "cpe:2.3:o:someone:else:1.0:*:*:*:*:*:*:*"


def beside(text, label, fixed, why, group, rng):
    """Where statements ask for a platform: the pair with it on the host, without it, or without a word on the host."""
    operands = [s["condition"].get("platforms") for s in group.spoken if s["condition"]]
    if not operands or not all(operands) or rng.random() < 0.3:
        return text, label, fixed, why
    if rng.random() < 0.5:
        return f"{text} with {OTHER_PLATFORM}", "not_affected", None, "another platform"
    present = sorted({one for platforms in operands for operand in platforms for one in operand})
    return f"{text} with {' '.join(present)}", label, fixed, f"{why}, platform there"


def pairs_of(title, groups, count, rng, binaries, known):
    """Labelled pairs of one row."""
    drawn = []
    for key in draw(groups, count * 3, rng):
        try:
            group = Group(*key, groups[key], rng)
        except ValueError:
            continue
        if any(s["urgency"] in INFORMATIONAL for s in group.all) or sum(len(s["versions"]) for s in group.all) > (120 if title == "PyPI" else 24):
            continue
        drawn.append((group, group.candidates(rng)))
        if len(drawn) > count * 0.75:
            break
    by_scope = collections.defaultdict(list)
    for group, found in drawn:
        by_scope[style(group.scope)].append((group, found))
    for members in by_scope.values():
        compare = order(members[0][0].scope)
        compare.prefetch([pair for group, found in members for pair in group.comparisons(found)])
    result = []
    for group, found in drawn:
        judge = Judge(order(group.scope))
        labelled = []
        try:
            group.settle_builds(judge)
            for version, why in found.items():
                try:
                    label, fixed = judge.label(version, group.spoken)
                except Unordered:
                    continue
                labelled.append((version, label, fixed, why))
        except Unordered:
            continue
        for version, label, fixed, why in pick(labelled, rng):
            text = subject(group.scope, group.name, version, rng, binaries, group.stream)
            vulnerability = asked_id(group, rng)
            if text is None:
                continue
            text, label, fixed, why = beside(text, label, fixed, why, group, rng)
            if (text, vulnerability) in known:
                continue
            known.add((text, vulnerability))
            result.append(((text, vulnerability, label, fixed or "-", title, f"{why}; {TOOLS[style(group.scope)]}"), group, version))
    # Even numbers of both kinds as far as there are.
    positive = [p for p in result if p[0][2] == "affected"]
    negative = [p for p in result if p[0][2] != "affected"]
    half = count // 2
    chosen = positive[: max(half, count - len(negative))] + negative[: max(half, count - len(positive))]
    return chosen[: count + 1]


def inventory_pairs(path, feeds, rng, known, count=260):
    """A host's packages at the versions they have, against the tracker's bookworm."""
    pairs, judge = [], Judge(order("Debian:12"))
    packages = []
    for component in json.loads(pathlib.Path(path).read_text())["components"]:
        properties = {p["name"].split(":")[-1]: p["value"] for p in component.get("properties", [])}
        source = properties.get("SrcName")
        if source and (component.get("purl") or "").startswith("pkg:deb/debian/"):
            release = properties.get("SrcRelease")
            epoch = properties.get("SrcEpoch")
            version = (f"{epoch}:" if epoch else "") + properties["SrcVersion"] + (f"-{release}" if release else "")
            packages.append((component["name"], component["version"], source, version))
    rng.shuffle(packages)
    asked = []
    for name, own, source, version in packages:
        keys = feeds.by_package["Debian:12", source]
        for key in rng.sample(sorted(keys), min(3, len(keys))):
            try:
                asked.append((name, own, source, version, Group(*key, feeds.groups[key], rng)))
            except ValueError:
                continue
    judge.order.prefetch([pair for *_, version, group in asked for pair in group.comparisons([without_rebuild(version)])])
    for name, own, source, version, group in asked:
        label, fixed = judge.label(without_rebuild(version), group.all)
        upstream = "" if (name, own) == (source, version) else source if own == version else f"{source}@{version}"
        text = purl("deb", f"debian/{name}", own, arch="amd64", distro="debian-12", upstream=upstream)
        if not source.startswith("linux") and (text, group.vulnerability) not in known:
            known.add((text, group.vulnerability))
            pairs.append(((text, group.vulnerability, label, fixed or "-", "Debian:12", "a host's package; dpkg"), group, version))
    positive = [p for p in pairs if p[0][2] == "affected"]
    negative = [p for p in pairs if p[0][2] != "affected"]
    return positive[: count // 2] + negative[: count - min(len(positive), count // 2)]


def without_rebuild(version):
    """Binary rebuilds (`+b1`) change nothing in the source that advisories number."""
    return re.sub(r"\+b\d+$", "", version)


def main():
    folder, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    feeds = Feeds(folder)
    for one in nvd.statements(folder):
        feeds.statements.append(one)
        feeds.groups[one["scope"], one["name"], one["vulnerabilities"][0]].append(one)
    feeds.by_package = collections.defaultdict(list)
    rows = collections.defaultdict(dict)
    for key, statements in feeds.groups.items():
        # Statements of one record that are alike but for their number say nothing twice.
        rows[heading(key[0])][key] = statements
        feeds.by_package[key[:2]].append(key)
    binaries = collections.defaultdict(list)
    for path in sys.argv[3:]:
        for component in json.loads(pathlib.Path(path).read_text())["components"]:
            source = next((p["value"] for p in component.get("properties", []) if p["name"].endswith("SrcName")), None)
            if source and not source.startswith("linux"):
                binaries[source].append(component["name"])
    known, chosen = set(), []
    for title, count in PLAN.items():
        found = pairs_of(title, rows[title], count, rng, binaries, known)
        print(title, len(found), collections.Counter(p[0][2] for p in found), file=sys.stderr)
        chosen += found
    for path in sys.argv[3:]:
        chosen += inventory_pairs(path, feeds, rng, known)
    write(output, chosen)


def write(output, chosen):
    needed, groups = collections.defaultdict(set), {}
    for _, group, version in chosen:
        groups[id(group)] = group
        needed[id(group)].add(version)
    lines = set()
    for group in groups.values():
        judge = Judge(order(group.scope))
        for one in group.all:
            wanted = {v for v in one["versions"] if any(equal(judge, v, n) for n in needed[id(group)])}
            lines.add(line(trimmed(one, judge, wanted)))
    (output / "advisories.ndjson").write_text("".join(f"{l}\n" for l in sorted(lines)))
    (output / "pairs.tsv").write_text("".join("\t".join(p) + "\n" for p in sorted((p for p, _, _ in chosen), key=lambda p: (p[4], p[0], p[1]))))
    print(len(chosen), "pairs,", len(lines), "statements,", max(map(len, lines)), "bytes the longest", file=sys.stderr)


def equal(judge, a, b):
    try:
        return a == b or judge.order(a, b) == 0
    except Unordered:
        return False


if __name__ == "__main__":
    main()
