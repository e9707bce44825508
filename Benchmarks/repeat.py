#!/usr/bin/env python3
"""What a scan costs that knows an earlier one and finds nothing changed, against one that reads everything, in turn.

usage: repeat.py [AGENT] [--root /] [--rounds 5]

Quoted is processor time of the scan's own thread (`cost` of `scan --format json`): starting the program and writing the report are the same for both.
Both must give the same inventory.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

PROGRAMS = pathlib.Path(__file__).resolve().parent.parent / ".build" / "release"


def scan(command):
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return report["cost"]["cpu_seconds"], report["cost"]["peak_memory"] / 2**20, report["digest"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("agent", nargs="?", default=str(PROGRAMS / "zerotrace-agent"))
    parser.add_argument("--root", default="/")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    command = [options.agent, "scan", "--root", options.root, "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        knowing = [*command, "--memory", f"{folder}/memory"]
        scan(command), scan(knowing)  # the first fills the caches, the second leaves a memory
        pairs = [(scan(command), scan(knowing)) for _ in range(options.rounds)]
        size = pathlib.Path(folder, "memory").stat().st_size / 2**20
    ratios = sorted(full[0] / again[0] for full, again in pairs)
    middle = lambda side, what: statistics.median(pair[side][what] for pair in pairs)
    print(
        f"full {middle(0, 0):.3f} CPU-s {middle(0, 1):.0f} MiB, again {middle(1, 0):.3f} CPU-s {middle(1, 1):.0f} MiB, memory {size:.1f} MiB   "
        f"ratio {statistics.median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})"
    )
    if any(full[2] != again[2] for full, again in pairs):
        sys.exit("the inventories differ: something changed meanwhile, or was missed")
    if statistics.median(ratios) < 20:
        sys.exit("less than 20 times cheaper")


if __name__ == "__main__":
    main()
