#!/usr/bin/env python3
"""What a busy machine loses to a scan: how far a thread on every processor counts, alone and beside scans, in turn.

usage: yielding.py [AGENT] [--seconds 10] [--rounds 5] [--root DIR]

Each round counts alone, then beside scans as the agent makes them (`--cpu-budget 5`), one after the other, then alone again. Quoted is what is
missing against the mean of the two neighbours. For scale, one round beside scans that do not yield.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAMS = pathlib.Path(__file__).resolve().parent.parent / ".build" / "release"

# Counts until told to stop, then says how far: one process for each processor.
HOG = """
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static volatile sig_atomic_t over;
static void stop(int number) { (void)number; over = 1; }
int main(void) {
    unsigned long long count = 0;
    signal(SIGALRM, stop);
    while (!over) count++;
    printf("%llu\\n", count);
    return 0;
}
"""


def count(hog, seconds, scan=None):
    """The sum of what the threads counted, and how many scans came to an end."""
    hogs = [subprocess.Popen([hog], stdout=subprocess.PIPE) for _ in range(os.cpu_count())]
    end, scans = time.monotonic() + seconds, 0
    running = None
    while time.monotonic() < end:
        if scan and (running is None or running.poll() is not None):
            scans += running is not None
            running = subprocess.Popen(scan, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.01)
    for process in hogs:
        process.send_signal(14)
    total = sum(int(process.communicate()[0]) for process in hogs)
    if running:
        running.kill()
        running.wait()
    return total, scans


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("agent", nargs="?", default=str(PROGRAMS / "zerotrace-agent"))
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--root", default="/")
    options = parser.parse_args()
    plain = [options.agent, "scan", "--root", options.root, "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        hog = f"{folder}/hog"
        subprocess.run(["cc", "-O2", "-x", "c", "-", "-o", hog], input=HOG.encode(), check=True)
        subprocess.run(plain, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)  # fills the caches
        losses = []
        before, _ = count(hog, options.seconds)
        for _ in range(options.rounds):
            beside, _ = count(hog, options.seconds, [*plain, "--cpu-budget", "5"])
            after, _ = count(hog, options.seconds)
            losses.append(1 - beside / ((before + after) / 2))
            before = after
        losses.sort()
        print(f"beside scans that yield: {statistics.median(losses):.2%} lost ({losses[0]:.2%} to {losses[-1]:.2%})")
        beside, scans = count(hog, options.seconds, plain)
        after, _ = count(hog, options.seconds)
        print(f"beside scans that do not: {1 - beside / ((before + after) / 2):.2%} lost, {scans} scans")
    if statistics.median(losses) > 0.02:
        sys.exit("more than 2 % lost")


if __name__ == "__main__":
    main()
