#!/usr/bin/env python3
"""Matches one host and one list of pins beside Trivy and debsecan, on the same facts, and compares verdict by verdict.

usage: peers.py FOLDER [ZEROTRACE]

FOLDER holds what the peers need: `facts/` (debian.tsv, pypi.jsonl, aged-os.cdx.json, aged.status, debsecan/), `bin/trivy`, `trivycache/` and
`debroot/usr/bin/debsecan`. Programs run in turn, A B A B …; quoted are medians of CPU time and the ratio pair by pair.
"""
import csv
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile

ROUNDS = 7
PINS = 500


def measure(command, output=None):
    """CPU seconds and peak MiB of one run."""
    with open(output or os.devnull, "wb") as sink:
        child = subprocess.Popen([str(part) for part in command], stdout=sink, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{command} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(name, ours, theirs):
    measure(ours), measure(theirs)  # warm-up
    pairs = [(measure(ours), measure(theirs)) for _ in range(ROUNDS)]
    ratios = sorted(b[0] / max(a[0], 0.0001) for a, b in pairs)
    middle = lambda side, what: statistics.median(pair[side][what] for pair in pairs)
    print(
        f"{name:44} {middle(0, 0) * 1000:7.1f} ms {middle(0, 1):6.1f} MiB   against {middle(1, 0) * 1000:7.1f} ms {middle(1, 1):6.1f} MiB   "
        f"{statistics.median(ratios):6.1f} times less CPU ({ratios[0]:.1f} to {ratios[-1]:.1f})",
        flush=True,
    )


def write_tracker(facts, path):
    """The changelog facts in the form of the Debian Security Tracker's JSON."""
    tracker = {}
    with open(facts, newline="") as lines:
        for source, cve, fixed in csv.reader(lines, delimiter="\t"):
            release = {"status": "resolved", "fixed_version": fixed, "urgency": "not yet assigned", "repositories": {}}
            tracker.setdefault(source, {})[cve] = {"releases": {"bookworm": release}}
    path.write_text(json.dumps(tracker))


def write_pins(facts, folder):
    """The middle published version of each of the first packages, as requirements and as a list of package URLs."""
    versions = {}
    with zipfile.ZipFile(folder / "pypi.zip", "w", zipfile.ZIP_DEFLATED) as archive, open(facts) as lines:
        for line in lines:
            record = json.loads(line)
            archive.writestr(record["id"] + ".json", line)
            for affected in record["affected"]:
                name = re.sub(r"[-_.]+", "-", affected["package"]["name"]).lower()
                plain = [v for v in map(str, affected.get("versions", [])) if re.fullmatch(r"\d+(\.\d+)*", v)]
                if plain:
                    versions.setdefault(name, plain[len(plain) // 2])
    pins = sorted(versions.items())[:PINS]
    (folder / "pins").mkdir()
    (folder / "pins" / "requirements.txt").write_text("".join(f"{n}=={v}\n" for n, v in pins))
    components = [{"type": "library", "name": n, "version": v, "purl": f"pkg:pypi/{n}@{v}"} for n, v in pins]
    (folder / "pins.cdx.json").write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}))


def ours(path):
    return {(m["name"], m["id"]) for m in json.loads(path.read_text())["matches"] if m["status"] == "affected"}


def trivys(path):
    results = json.loads(path.read_text()).get("Results", [])
    return {(v["PkgName"], v["VulnerabilityID"]) for r in results for v in r.get("Vulnerabilities", [])}


def agree(name, left, right):
    print(f"{name}: {len(left)} and {len(right)} verdicts, {len(left & right)} the same")
    for title, rest in (("only ours", left - right), ("only theirs", right - left)):
        if rest:
            print(f"  {title}: {len(rest)}, such as {sorted(rest)[:4]}")


def main():
    peers = pathlib.Path(sys.argv[1]).resolve()
    zerotrace = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent / ".build/release/zerotrace").resolve()
    facts, sbom, status = peers / "facts", peers / "facts/aged-os.cdx.json", peers / "facts/aged.status"
    missing = [str(p) for p in (sbom, status, peers / "bin/trivy", peers / "trivycache/db/trivy.db", peers / "debroot/usr/bin/debsecan") if not p.exists()]
    if missing:
        raise SystemExit("missing: " + ", ".join(missing))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_tracker(facts / "debian.tsv", folder / "tracker.json")
        write_pins(facts / "pypi.jsonl", folder)
        for kind, feed in (("debian", "tracker.json"), ("pypi", "pypi.zip")):
            subprocess.run([zerotrace, "index", "build", "--feed", folder / feed, "--output", folder / f"{kind}.ztx"], check=True, capture_output=True)
        trivy = [peers / "bin/trivy", "--cache-dir", peers / "trivycache", "--offline-scan", "--skip-db-update", "--skip-java-db-update",
                 "--skip-vex-repo-update", "--skip-version-check", "--disable-telemetry", "--scanners", "vuln", "--format", "json", "-q"]
        trivy_host = [trivy[0], "sbom", *trivy[1:], "-o", folder / "trivy-host.json", sbom]
        trivy_pins = [trivy[0], "fs", *trivy[1:], "-o", folder / "trivy-pins.json", folder / "pins"]
        debsecan = [peers / "debroot/usr/bin/debsecan", "--status", status, "--suite", "bookworm", "--source", f"file://{facts}/debsecan/release/1"]
        match = [zerotrace, "match", "--format", "json"]
        host = [*match, "--index", folder / "debian.ztx", "--sbom", sbom]
        pins = [*match, "--index", folder / "pypi.ztx", "--sbom", folder / "pins.cdx.json"]
        compare("host SBOM, Debian / trivy sbom", host, trivy_host)
        compare("host SBOM, Debian / debsecan", host, debsecan)
        compare(f"{PINS} PyPI pins / trivy fs", pins, trivy_pins)
        compare("start-up alone (--version) / trivy --version", [zerotrace, "--version"], [trivy[0], "--version"])
        measure(host, folder / "host.json"), measure(pins, folder / "pins.json"), measure(debsecan, folder / "debsecan.txt")
        listed = {tuple(reversed(line.split()[:2])) for line in (folder / "debsecan.txt").read_text().splitlines() if line.strip()}
        agree("host, zerotrace and debsecan", ours(folder / "host.json"), listed)
        agree("host, zerotrace and trivy", ours(folder / "host.json"), trivys(folder / "trivy-host.json"))
        agree("pins, zerotrace and trivy", ours(folder / "pins.json"), trivys(folder / "trivy-pins.json"))


if __name__ == "__main__":
    main()
