#!/usr/bin/env python3
"""Runs pip-audit against the enrichment service's OSV API and compares what it finds with the records of the reference feed.

    Benchmarks/pip_audit.py --zerotrace .build/release/zerotrace [--feeds ../shared/feeds] [--index FILE] [--pip-audit PATH] [--pins 500]

The pins are packages with advisories, each in the middle one of the plain versions that its first advisory lists. What should be found is worked out here
from the feed alone, by the OSV schema's evaluation with Python's `packaging` (which comes with pip-audit): every record not withdrawn that lists
the version or has it in a range. Vulnerabilities are compared by CVE where there is one, since pip-audit merges records by alias.
Ends with 1 when anything is missing or too much.
"""
import argparse, collections, json, os, re, shutil, subprocess, sys, tempfile, time, zipfile

from enrichment import Server


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def records(feeds):
    with zipfile.ZipFile(os.path.join(feeds, "osv", "PyPI", "all.zip")) as archive:
        for name in sorted(archive.namelist()):
            yield json.loads(archive.read(name))


def pins(feeds, count):
    rows = {}
    for record in records(feeds):
        if record.get("withdrawn") or record["id"].startswith("MAL-"):
            continue
        for affected in record.get("affected", []):
            if affected["package"]["ecosystem"] != "PyPI":
                continue
            name = canonical(affected["package"]["name"])
            plain = [v for v in map(str, affected.get("versions", [])) if re.fullmatch(r"\d+(\.\d+)*", v)]
            if plain and name not in rows:
                rows[name] = plain[len(plain) // 2]
    return sorted(rows.items())[:count]


def expected(feeds, wanted):
    """(package, CVE or id) by the records alone."""
    from packaging.version import InvalidVersion, Version
    wanted = dict(wanted)
    found = set()
    for record in records(feeds):
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", []):
            name = canonical(affected["package"]["name"])
            if name not in wanted or affected["package"]["ecosystem"] != "PyPI":
                continue
            version = Version(wanted[name])
            hit = any(same(v, version) for v in map(str, affected.get("versions", [])))
            for each in affected.get("ranges", []):
                if each["type"] != "ECOSYSTEM" or hit:
                    continue
                try:
                    hit = inside(version, each["events"], Version)
                except InvalidVersion:
                    pass
            if hit:
                ids = [record["id"], *record.get("aliases", [])]
                found.add((name, next((i for i in ids if i.startswith("CVE-")), record["id"])))
    return found


def same(text, version):
    from packaging.version import InvalidVersion, Version
    try:
        return Version(text) == version
    except InvalidVersion:
        return False


def inside(version, events, Version):
    key = lambda e: (next(iter(e.values())) != "0", Version(next(iter(e.values()))) if next(iter(e.values())) != "0" else Version("0"))
    hit = False
    for event in sorted(events, key=key):
        (kind, text), = event.items()
        if kind == "introduced" and (text == "0" or version >= Version(text)):
            hit = True
        if kind == "fixed" and version >= Version(text):
            hit = False
        if kind == "last_affected" and version > Version(text):
            hit = False
    return hit


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--zerotrace", default=".build/release/zerotrace")
    arguments.add_argument("--feeds", default=os.environ.get("ZEROTRACE_FEEDS", "../shared/feeds"))
    arguments.add_argument("--index")
    arguments.add_argument("--pip-audit", default=shutil.which("pip-audit"))
    arguments.add_argument("--pins", type=int, default=500)
    options = arguments.parse_args()
    if not options.pip_audit:
        raise SystemExit("pip-audit is missing: pip install pip-audit")
    with tempfile.TemporaryDirectory() as folder:
        index = options.index or folder + "/index"
        if not options.index:
            subprocess.run([options.zerotrace, "index", "build", "--feed", options.feeds, "--output", index], check=True)
        wanted = pins(options.feeds, options.pins)
        open(folder + "/requirements.txt", "w").write("".join(f"{n}=={v}\n" for n, v in wanted))
        server = Server(options.zerotrace, index)
        try:
            before, begun = server.cpu(), time.monotonic()
            run = subprocess.run(
                [options.pip_audit, "-s", "osv", "--osv-url", f"http://127.0.0.1:{server.port}/v1/query", "--no-deps", "--disable-pip",
                 "--progress-spinner", "off", "--cache-dir", folder + "/cache", "-f", "json", "-r", folder + "/requirements.txt"],
                capture_output=True, text=True)
            wall, cpu = time.monotonic() - begun, server.cpu() - before
        finally:
            server.stop()
    try:
        dependencies = json.loads(run.stdout)["dependencies"]
    except ValueError:
        raise SystemExit("pip-audit failed:\n" + run.stderr[-2000:])
    found = set()
    for dependency in dependencies:
        for each in dependency.get("vulns", []):
            ids = [each["id"], *each["aliases"]]
            found.add((dependency["name"], next((i for i in ids if i.startswith("CVE-")), each["id"])))
    should = expected(options.feeds, wanted)
    print(f"{len(wanted)} pins, {len(dependencies)} audited, found {len(found)}, should be {len(should)}, in both {len(found & should)}; "
          f"pip-audit took {wall:.1f} s, the service {cpu:.2f} s of CPU")
    for title, rest in (("missing", should - found), ("too much", found - should)):
        for name, which in sorted(rest)[:20]:
            print(f"{title}: {name}=={dict(wanted)[name]} {which}")
    return 1 if found != should or len(dependencies) != len(wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
