#!/usr/bin/env python3
"""Draws small records out of the reference feeds as seeds: draw_seeds.py FEEDS FOLDER TARGET…

They lie in FOLDER/TARGET and are never part of the repository. What is there already stays, so a second run costs nothing.
"""

import gzip
import json
import pathlib
import random
import sys
import zipfile

RECORDS = 40
LARGEST = 6000


def text(path):
    """The content of a file, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def from_zips(paths):
    """Some records of each zip."""
    for path in sorted(paths):
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename for entry in archive.infolist() if 0 < entry.file_size <= LARGEST]
            for name in chance.sample(names, min(len(names), 6)):
                yield archive.read(name)


def from_tracker(path):
    sources = json.loads(text(path))
    for name in chance.sample(sorted(sources), RECORDS):
        pairs = dict(list(sources[name].items())[:3])
        yield json.dumps({name: pairs}).encode()


def from_list(path, mark):
    """Some entries of a text, which begin with the mark at a line's start."""
    entries = text(path).split(mark)[1:]
    for entry in chance.sample(entries, min(len(entries), RECORDS)):
        yield mark.lstrip(b"\n") + entry


def from_secdb(paths):
    for path in sorted(paths):
        database = json.loads(text(path))
        if database["packages"]:
            database["packages"] = chance.sample(database["packages"], min(3, len(database["packages"])))
            yield json.dumps(database).encode()


def from_nvd(paths):
    for path in sorted(paths)[:4]:
        page = json.loads(text(path))
        for record in chance.sample(page["vulnerabilities"], min(15, len(page["vulnerabilities"]))):
            yield json.dumps({**page, "vulnerabilities": [record]}).encode()


def from_csaf(paths):
    """Documents, the lists in them cut short."""

    def cut(value, keep):
        if isinstance(value, dict):
            return {name: cut(member, keep) for name, member in value.items()}
        if isinstance(value, list):
            return [cut(element, keep) for element in value[:keep]]
        return value[:200] if isinstance(value, str) else value

    for path in sorted(paths):
        for keep in (2, 4):
            yield json.dumps(cut(json.loads(text(path)), keep)).encode()


def from_lines(path, count=12):
    lines = text(path).split(b"\n")
    for start in chance.sample(range(2, len(lines) - count), 10):
        yield b"\n".join(lines[:2] + lines[start : start + count]) + b"\n"


def from_object(path, member=None):
    """Some members of an object, or elements of a list in it."""
    whole = json.loads(text(path))
    values = whole[member] if member else whole
    for _ in range(RECORDS // 2):
        if isinstance(values, dict):
            yield json.dumps({name: values[name] for name in chance.sample(sorted(values), 2)}).encode()
        else:
            yield json.dumps({**whole, member: chance.sample(values, 2)}).encode()


def seeds(feeds, target):
    """The seeds of one target, in no order; none for most."""
    eol = feeds / "eol"
    match target:
        case "osv":
            yield from from_zips((feeds / "osv").glob("*/all.zip"))
        case "debian-tracker":
            yield from from_tracker(feeds / "debian/tracker.json.gz")
        case "debian-list":
            yield from from_list(feeds / "debian/DSA-list", b"\n[")
            yield from from_list(feeds / "debian/DLA-list", b"\n[")
        case "alpine-secdb":
            yield from from_secdb((feeds / "alpine/secdb").glob("*/*.json"))
        case "csaf":
            yield from from_csaf((feeds / "csaf").glob("**/*.json"))
        case "vex":
            yield from from_csaf((feeds / "csaf").glob("**/*.json"))
        case "cve-list":
            yield from from_zips([feeds / "cve5/vulnrichment-kev.zip"] * 6)
        case "nvd":
            yield from from_nvd((feeds / "nvd").glob("*.json*"))
        case "kev":
            yield from from_object(next((feeds / "kev").glob("*.json")), "vulnerabilities")
        case "epss":
            yield from from_lines(next((feeds / "epss").glob("*.csv.gz")))
        case "exploit-database":
            yield from from_lines(feeds / "exploits/files_exploits.csv.gz")
        case "metasploit":
            yield from from_object(feeds / "exploits/modules_metadata_base.json.gz")
        case "end-of-life":
            yield from from_object(eol / "endoflife.date/api-v1-products-full.json.gz", "result")
            for path in sorted((eol / "endoflife.date/api").glob("*.json"))[:10]:
                yield path.read_bytes()
        case "debian-support":
            for path in sorted((eol / "debian-security-support").glob("security-support-*")):
                yield from from_list(path, b"\n")
        case "feed-layout":
            for other in ("osv", "csaf", "cve-list", "nvd", "alpine-secdb", "debian-list", "kev"):
                yield from list(seeds(feeds, other))[:5]


if __name__ == "__main__":
    feeds, folder, targets = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    for target in targets:
        place = folder / target
        if place.is_dir() and any(place.iterdir()):
            continue
        place.mkdir(parents=True, exist_ok=True)
        chance = random.Random(target)
        for number, seed in enumerate(seeds(feeds, target)):
            if len(seed) <= LARGEST * 2:
                (place / f"{number:03}").write_bytes(seed)
