#!/usr/bin/env python3
"""Times whole processes in pairs, A B A B …, and prints medians and the ratio of CPU time pair by pair."""
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAMS = pathlib.Path(__file__).resolve().parent.parent / ".build" / "release"
ROUNDS = 5


def measure(command):
    """CPU seconds, wall seconds and peak MiB of one run."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{command} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started, usage.ru_maxrss / 1024


def compare(name, ours, other):
    measure(ours), measure(other)  # warm-up
    pairs = [(measure(ours), measure(other)) for _ in range(ROUNDS)]
    cpu, wall, memory = (statistics.median(a[i] for a, _ in pairs) for i in range(3))
    ratios = sorted(a[0] / max(b[0], 0.001) for a, b in pairs)
    print(
        f"{name:34} {cpu:8.3f} CPU-s {wall:8.3f} s {memory:7.0f} MiB   "
        f"ratio {ratios[len(ratios) // 2]:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


def main():
    feeds = sys.argv[1]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, {ROUNDS} rounds, medians")
    zerotrace, agent = PROGRAMS / "zerotrace", PROGRAMS / "zerotrace-agent"
    with tempfile.TemporaryDirectory() as folder:
        index, sbom = f"{folder}/index.ztx", f"{folder}/host.cdx.json"
        zips = [str(path) for path in pathlib.Path(feeds).glob("osv/*/all.zip")]
        unzip = ["sh", "-c", 'for f; do unzip -tqq "$f"; done', "sh", *zips]
        compare("index build / unzip -t", [zerotrace, "index", "build", "--feed", feeds, "--output", index], unzip)
        pathlib.Path(sbom).write_bytes(subprocess.run([agent, "scan", "--format", "cyclonedx"], capture_output=True, check=True).stdout)
        compare("match SBOM / jq length", [zerotrace, "match", "--index", index, "--sbom", sbom], ["jq", "length", sbom])
        walk = ["sh", "-c", "dpkg-query -W; find / -xdev -type f -name '*.json'; true"]
        compare("agent scan / dpkg-query and find", [agent, "scan", "--format", "json"], walk)


if __name__ == "__main__":
    main()
