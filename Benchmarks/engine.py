#!/usr/bin/env python3
"""Measures the matching engine alone, and a plain reference beside it in the same minute.

    Benchmarks/engine.py [--bench PROGRAM] [--index FILE] [--feeds ../shared/feeds] [--rounds 5]

First the table of `zerotrace-bench`: the mixed list of 100,000 package versions, then each ecosystem. Then 20,000 package versions of PyPI in turn
(A B A B …) with two references on the same records: a dictionary of records by name whose ranges and listed versions are parsed beforehand and compared with
`packaging`, and SQLite in memory asked for the rows of each name, without looking at a version. Quoted are medians of CPU time and the ratio pair by pair. What
the first reference finds is compared with the engine's answers, row by row; differences are counted and the first ones shown. Those that are known: bounds
that `packaging` does not read (`0.8.3ubuntu7.5`), GitHub's `last_known_affected_version_range`, and ids that only further records join.
"""
import argparse
import os
import pathlib
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from pip_audit import records

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED = "1"
ECOSYSTEM = "PyPI"


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def key(version):
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return None


def stretches(events):
    """Affected stretches of one range as (first, end, whether the end is inside), or nothing when a bound does not parse."""
    found, first = [], None
    for event in events:
        ((kind, text),) = event.items()
        bound = key(text)
        if bound is None:
            return []
        if kind == "introduced":
            first = bound if first is None else first
        elif first is not None:
            found.append((first, bound, kind == "last_affected"))
            first = None
    return found + ([(first, None, False)] if first is not None else [])


def read(feeds):
    """Name to [(ids, listed versions, stretches)]."""
    table = {}
    for record in records(feeds):
        if record.get("withdrawn"):
            continue
        ids = frozenset([record["id"], *record.get("aliases", [])])
        for affected in record.get("affected", []):
            if affected["package"]["ecosystem"] != ECOSYSTEM:
                continue
            listed = frozenset(filter(None, (key(str(text)) for text in affected.get("versions", []))))
            ranges = [stretch for each in affected.get("ranges", []) if each["type"] == "ECOSYSTEM" for stretch in stretches(each["events"])]
            table.setdefault(canonical(affected["package"]["name"]), []).append((ids, listed, ranges))
    return table


def affects(version, listed, ranges):
    if version in listed:
        return True
    return any(first <= version and (end is None or version < end or inside and version == end) for first, end, inside in ranges)


def evaluate(rows, table):
    found = []
    for name, text in rows:
        statements = table.get(name)
        version = key(text) if statements else None
        found.append([] if version is None else [ids for ids, listed, ranges in statements if affects(version, listed, ranges)])
    return found


def look_up(rows, database):
    query = "select ids from statements where name = ?"
    return sum(len(database.execute(query, (name,)).fetchall()) for name, _ in rows)


def database_of(table):
    database = sqlite3.connect(":memory:")
    database.execute("create table statements (name text, ids text)")
    database.executemany("insert into statements values (?, ?)", ((name, " ".join(ids)) for name, all in table.items() for ids, _, _ in all))
    database.execute("create index names on statements (name)")
    return database


def differences(rows, answers, expected):
    """Rows in which the engine misses an advisory, or finds a vulnerability that no advisory states."""
    wrong = []
    for row, ids, found in zip(rows, answers, expected):
        if key(row[1]) is None:
            continue  # the engine says "undetermined" where the reference says nothing
        missed = [sorted(names) for names in found if not names & ids]
        invented = sorted(ids - frozenset().union(*found))
        if missed or invented:
            wrong.append((row, missed, invented))
    return wrong


def timed(body, *arguments):
    started = time.process_time()
    body(*arguments)
    return time.process_time() - started


def compare(what, rates, seconds, count):
    ratios = sorted(rate * taken / count for rate, taken in zip(rates, seconds))
    print(
        f"{what:44} {count / statistics.median(seconds):12,.0f} a second   "
        f"{statistics.median(ratios):6.1f} times less CPU ({ratios[0]:.1f} to {ratios[-1]:.1f})",
        flush=True,
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", help="by default it is built")
    parser.add_argument("--zerotrace", default=ROOT / ".build/release/zerotrace", help="builds the index where none is given")
    parser.add_argument("--index")
    parser.add_argument("--feeds", default=os.environ.get("ZEROTRACE_FEEDS", ROOT.parent / "shared/feeds"))
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def built():
    command = ["swift", "build", "-c", "release", "--product", "zerotrace-bench"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return ROOT / ".build/release/zerotrace-bench"


def measure(options, index):
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, {options.rounds} rounds, medians", flush=True)
    subprocess.run([options.bench, index, SEED], check=True)
    listed = subprocess.run([options.bench, index, SEED, ECOSYSTEM, "--list"], capture_output=True, text=True, check=True)
    lines = [line.split("\t") for line in listed.stdout.splitlines()]
    rows = [(name, version) for _, name, version, _ in lines]
    table = read(options.feeds)
    database = database_of(table)
    rates, plain, sqlite = [], [], []
    for _ in range(options.rounds):
        line = subprocess.run([options.bench, index, SEED, ECOSYSTEM], capture_output=True, text=True, check=True).stdout
        rates.append(float(line.split("\t")[-1]))
        plain.append(timed(evaluate, rows, table))
        sqlite.append(timed(look_up, rows, database))
    print(f"{ECOSYSTEM}: the engine {statistics.median(rates):31,.0f} a second")
    compare("dictionary and packaging, Python", rates, plain, len(rows))
    compare("SQLite, rows of the name alone", rates, sqlite, len(rows))
    wrong = differences(rows, [frozenset(line[3].split()) for line in lines], evaluate(rows, table))
    print(f"{len(rows) - len(wrong)} of {len(rows)} rows alike")
    for row, missed, invented in wrong[:10]:
        print(f"  {row[0]} {row[1]}: missed {missed}, invented {invented}")


def main():
    options = arguments()
    options.bench = options.bench or built()
    if options.index:
        return measure(options, options.index)
    with tempfile.TemporaryDirectory() as folder:
        index = f"{folder}/index.ztx"
        subprocess.run([options.zerotrace, "index", "build", "--feed", options.feeds, "--output", index], check=True, stdout=subprocess.DEVNULL)
        measure(options, index)


if __name__ == "__main__":
    sys.exit(main())
