"""The reference feeds as bare statements: who says what of which versions, under which ids. Nothing else of the records is kept."""
import collections
import gzip
import json
import pathlib
import re
import zipfile

CVE = re.compile(r"(?:^|-)(CVE-\d{4}-\d{4,})$")
NOTICE = re.compile(r"^(DSA|DLA|USN|LSN|ALSA|ALBA|ALEA|RLSA|RLBA|RHSA|SUSE-SU|openSUSE-SU|ELSA)-")
SERIES_WITHOUT_SECURITY = re.compile(r"^(ALBA|ALEA|RLBA|RLEA)-")
REJECTED = ("** REJECT **", "REJECTED", "Rejected reason:")
RELEASES = {"bullseye": "Debian:11", "bookworm": "Debian:12", "trixie": "Debian:13"}


def canonical(name, scope):
    """One spelling per package: PEP 503 for Python, lowercase where case does not count."""
    ecosystem = scope.split(":")[0]
    if ecosystem == "PyPI":
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.lower() if ecosystem in ("NuGet", "Packagist", "Hex", "Pub", "SwiftURL", "Bitnami") else name


def statement(record, feed, scope, name, **more):
    empty = {"ranges": [], "versions": [], "state": "", "urgency": "", "stream": "", "rank": 3, "condition": {}}
    return empty | {"feed": feed, "id": record["id"], "aliases": record["aliases"], "upstream": record["upstream"],
                    "withdrawn": record["withdrawn"], "scope": scope, "name": name} | more


def events(ranges):
    """`>=`, `<`, `<=` and `|` for introduced, fixed, last_affected and limit."""
    signs = {"introduced": ">=", "fixed": "<", "last_affected": "<=", "limit": "|"}
    for one in ranges:
        if one["type"] != "GIT":
            found = [signs[k] + v for event in one["events"] for k, v in event.items()]
            yield ["semver", *found] if one["type"] == "SEMVER" else found


def ended(ranges, affected):
    """Ends that publishers state outside of a range that has none: Go's custom ranges, GitHub's last known range of `< V`."""
    own = affected.get("ecosystem_specific") or {}
    last = (affected.get("database_specific") or {}).get("last_known_affected_version_range") or ""
    if len(ranges) == 1 and [e for e in ranges[0] if e != "semver"] == [">=0"] and own.get("custom_ranges"):
        return list(events(own["custom_ranges"]))
    if len(ranges) == 1 and last.startswith("< ") and not any(e[0] == "<" for e in ranges[0]):
        return [ranges[0] + ["|" + last[2:]]]
    return ranges


def stream(summary):
    """The module stream that a notice's summary names: `nodejs:18`."""
    found = {w.split("/")[0] for w in re.split(r"[ ,]", summary) if re.fullmatch(r"[a-z0-9][^:]*:[^:/]+(/.*)?", w)}
    return found.pop() if len(found) == 1 else ""


def osv_statements(record, feed):
    identity = {"id": record["id"], "aliases": [a for a in record.get("aliases") or [] if a != record["id"]],
                "upstream": list(record.get("upstream") or []), "withdrawn": bool(record.get("withdrawn"))}
    if (record.get("withdrawn") or "").startswith("0001-"):
        identity["withdrawn"] = False
    if any((record.get(k) or "").startswith(REJECTED) for k in ("summary", "details")):
        identity["withdrawn"] = True
    notice = NOTICE.match(record["id"])
    if notice:
        identity["upstream"] += [r for r in record.get("related") or [] if r.startswith("CVE-")]
    if SERIES_WITHOUT_SECURITY.match(record["id"]) and not identity["upstream"] and not identity["aliases"]:
        return
    embedded = CVE.search(record["id"])
    for affected in record.get("affected") or []:
        package = affected.get("package")
        if not package:
            continue
        scope, own = package["ecosystem"], affected.get("ecosystem_specific") or {}
        ranges = ended(list(events(affected.get("ranges") or [])), affected)
        versions = affected.get("versions") or []
        if record["id"].startswith("MAL-") and not ranges and not versions:
            ranges = [[">=0"]]
        modular = any(".module" in e for r in ranges for e in r)
        per_cve = embedded and record["id"].startswith(scope.split(":")[0].upper() + "-")
        urgency = own.get("urgency") or (affected.get("database_specific") or {}).get("informational") or ""
        yield statement(
            identity, feed, scope, canonical(package["name"], scope), ranges=ranges, versions=versions,
            state="end_of_life" if urgency == "end-of-life" else "", urgency=urgency if urgency != "not yet assigned" else "",
            stream=stream(record.get("summary") or "") if notice and modular else "", modular=modular, rank=1 if per_cve else 3)


def without_rebuilds(statements):
    """AlmaLinux lists one build of a module once per minor release; all of them hold the repair, the lowest is asked for."""
    kept, places = [], {}
    for one in statements:
        texts = [e for r in one["ranges"] for e in r if e.startswith("<")]
        if one.get("modular") and len(texts) == 1:
            place = one["id"], one["scope"], one["name"], texts[0].split(".module")[0]
            if place in places:
                places[place].append(texts[0][1:])
                continue
            places[place] = one["builds"] = [texts[0][1:]]
        kept.append(one)
    return kept


def osv(folder):
    for path in sorted(folder.glob("osv/*/all.zip")):
        feed = f"osv/{path.parent.name}"
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield from without_rebuilds(list(osv_statements(json.loads(archive.read(name)), feed)))


def tracker(folder):
    """https://security-tracker.debian.org/tracker/data/json"""
    with gzip.open(folder / "debian/tracker.json.gz") as file:
        sources = json.load(file)
    for source, vulnerabilities in sources.items():
        for cve, facts in vulnerabilities.items():
            identity = {"id": cve, "aliases": [], "upstream": [], "withdrawn": facts.get("description", "").startswith(REJECTED)}
            for codename, release in facts["releases"].items():
                fixed, status, urgency = release.get("fixed_version"), release["status"], release.get("urgency", "")
                ranges, state = [[">=0"]], {"open": "unfixed", "undetermined": "undetermined", "resolved": "fixed"}[status]
                if status == "resolved":
                    ranges, state = ([], "not_affected") if fixed == "0" else ([[">=0", "<" + fixed]], "fixed")
                elif status == "open" and urgency == "end-of-life":
                    state = "end_of_life"
                yield statement(identity, "debian-tracker", RELEASES[codename], source, ranges=ranges, state=state, rank=0,
                                urgency=urgency if urgency != "not yet assigned" else "")


def alpine(folder):
    """https://secdb.alpinelinux.org: what one package's `secfixes` say, taking only entries that are one plain CVE id, named once."""
    for path in sorted(folder.glob("alpine/secdb/*/*.json")):
        release, repository = path.parent.name, path.stem
        for package in json.loads(path.read_text())["packages"]:
            fixes = collections.defaultdict(set)
            for version, ids in (package["pkg"].get("secfixes") or {}).items():
                for cve in ids or []:
                    fixes[cve].add(version)
            for cve, versions in fixes.items():
                if not re.fullmatch(r"CVE-\d{4}-\d{4,}", cve) or len(versions) > 1:
                    continue
                fixed = versions.pop()
                identity = {"id": cve, "aliases": [], "upstream": [], "withdrawn": False}
                yield statement(identity, f"alpine-secdb/{release}/{repository}", f"Alpine:{release}", package["pkg"]["name"],
                                ranges=[] if fixed == "0" else [[">=0", "<" + fixed]],
                                state="not_affected" if fixed == "0" else "fixed", rank=0)


class Feeds:
    """All statements, by package and vulnerability."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.statements, seen = [], set()
        for one in [*osv(folder), *tracker(folder), *alpine(folder)]:
            # A record that touches several ecosystems is in several exports.
            key = json.dumps([one[k] for k in ("id", "scope", "name", "ranges", "versions", "state", "rank")])
            if key not in seen:
                seen.add(key)
                self.statements.append(one)
        self.links = collections.defaultdict(set)
        self.direct = collections.defaultdict(set)
        for one in self.statements:
            if not one["withdrawn"]:
                self.direct[one["id"]] |= self.own(one)
                for alias in one["aliases"]:
                    if not alias.startswith("CVE-"):
                        self.links[one["id"]].add(alias)
                        self.links[alias].add(one["id"])
        self.groups = collections.defaultdict(list)
        self.by_name = collections.defaultdict(list)
        for one in self.statements:
            one["vulnerabilities"] = sorted(self.vulnerabilities(one))
            self.by_name[one["scope"], one["name"]].append(one)
            for vulnerability in one["vulnerabilities"]:
                self.groups[one["scope"], one["name"], vulnerability].append(one)

    @staticmethod
    def own(one):
        """The CVEs that a record itself names."""
        found = {i for i in [*one["aliases"], *one["upstream"]] if i.startswith("CVE-")}
        embedded = CVE.search(one["id"])
        return {embedded[1]} if embedded else found

    def vulnerabilities(self, one):
        """Its CVEs, else the nearest along aliases, else one id for all that are linked: GitHub's first."""
        own = self.own(one)
        if own:
            return own
        seen, layer = {one["id"]}, [one["id"]]
        while layer:
            found = set().union(*(self.direct.get(i, set()) for i in layer))
            if found:
                return found
            layer = sorted({n for i in layer for n in self.links.get(i, ())} - seen)
            seen.update(layer)
        return {min(seen, key=lambda i: (not i.startswith("GHSA-"), i))}
