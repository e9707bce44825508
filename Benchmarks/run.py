#!/usr/bin/env python3
"""Times whole processes in pairs, A B A B …, and prints medians and the ratio of CPU time pair by pair."""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

PROGRAMS = pathlib.Path(__file__).resolve().parent.parent / ".build" / "release"
ROUNDS = 5


def measure(command):
    """CPU seconds, wall seconds and peak MiB of one run."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 and command[1:3] != ["feeds", "sync"]:  # a feed that holds nothing makes a sync end with 1
        raise SystemExit(f"{command} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def compare(name, ours, other, before=lambda: None):
    """`before` is called before each run of ours, outside of the measurement."""

    def pair():
        before()
        return measure(ours), measure(other)

    pair()  # warm-up
    pairs = [pair() for _ in range(ROUNDS)]
    cpu, wall, memory = (statistics.median(a[i] for a, _ in pairs) for i in range(3))
    ratios = sorted(a[0] / max(b[0], 0.001) for a, b in pairs)
    print(
        f"{name:34} {cpu:8.3f} CPU-s {wall:8.3f} s {memory:7.0f} MiB   "
        f"ratio {ratios[len(ratios) // 2]:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


def change_one_record(path):
    """Lets the first record of an export that has a repair name another one; the rest of the zip stays as it is."""
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            record = json.loads(archive.read(name))
            events = [e for a in record.get("affected", []) for r in a.get("ranges", []) for e in r["events"] if "fixed" in e]
            if events:
                break
    events[0]["fixed"] += ".1"
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, name).write_text(json.dumps(record))
        subprocess.run(["zip", "-q", os.path.abspath(path), name], cwd=folder, check=True)


def compare_syncs(zerotrace, feeds, folder, build):
    """One advisory of a small and one of the largest ecosystem changes: a sync, and a build with its cache, against a build of everything."""
    mirror, data = f"{folder}/mirror", f"{folder}/data"
    subprocess.run(["cp", "-r", "--no-preserve=mode", feeds, mirror], check=True)
    sync = [zerotrace, "feeds", "sync", "--data", data, "--mirror", mirror, "--no-apt"]
    subprocess.run(sync, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    zips = sorted(pathlib.Path(mirror).glob("osv/*/all.zip"), key=lambda path: path.stat().st_size)
    again = [zerotrace, "index", "build", "--feed", mirror, "--output", f"{folder}/again.ztx", "--cache", f"{folder}/cache"]
    subprocess.run(again, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for path in [next(path for path in zips if path.stat().st_size > 1 << 20), zips[-1]]:
        for name, command in [("sync", sync), ("build", again)]:
            compare(f"{name}, 1 of {path.parent.name} / index build", command, build, before=lambda: change_one_record(path))
    compare("build, nothing changed / index build", again, build)


def main():
    feeds = sys.argv[1]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, {ROUNDS} rounds, medians")
    zerotrace, agent = PROGRAMS / "zerotrace", PROGRAMS / "zerotrace-agent"
    with tempfile.TemporaryDirectory() as folder:
        index, sbom = f"{folder}/index.ztx", f"{folder}/host.cdx.json"
        zips = [str(path) for path in pathlib.Path(feeds).glob("osv/*/all.zip")]
        unzip = ["sh", "-c", 'for f; do unzip -tqq "$f"; done', "sh", *zips]
        build = [zerotrace, "index", "build", "--feed", feeds, "--output", index, "--no-cache"]
        compare("index build / unzip -t", build, unzip)
        compare_syncs(zerotrace, feeds, folder, build)
        pathlib.Path(sbom).write_bytes(subprocess.run([agent, "scan", "--format", "cyclonedx"], capture_output=True, check=True).stdout)
        compare("match SBOM / jq length", [zerotrace, "match", "--index", index, "--sbom", sbom], ["jq", "length", sbom])
        walk = ["sh", "-c", "dpkg-query -W; find / -xdev -type f -name '*.json'; true"]
        compare("agent scan / dpkg-query and find", [agent, "scan", "--format", "json"], walk)


if __name__ == "__main__":
    main()
