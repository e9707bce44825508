#!/usr/bin/env python3
"""Feeds damaged files to `zerotrace index build`, each in a process of its own, under limits of time and memory.

    Fuzzing/mutate_feeds.py --program .build/release/zerotrace [--feeds ../shared/feeds] [--count 10000]

A file is either built into an index, which must then verify, or refused with a message. Everything else is a finding: an end by a signal, more
than 10 s, more than 1 GiB, a refusal without a word, an index that does not verify. Findings are kept in --keep and the program ends with 1.
The same seed gives the same files.
"""

import argparse
import collections
import concurrent.futures
import copy
import gzip
import io
import json
import lzma
import os
import pathlib
import random
import resource
import select
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import typing
import warnings
import zipfile

SECONDS = 10
MEMORY = 1 << 30
# Address space beside memory in use: the program's code, mapped files, stacks and arenas of threads that are reserved and not used.
ADDRESSES = 3 << 30

EXTREMES = [
    None, True, False, 0, -1, 1e308, 2**63, -(2**63), 2**64, 0.1, "", "0", " ", "\x00", "\n", "*", "-", "é€😀", "CVE-2024-0001", "9999-12-31T23:59:59Z",
    "0000-00-00", "x" * 70000, [], {}, [[]], [None], [{}], [""], {"": None}, {"a": {"b": []}}, "1.0\x00", "../../etc/passwd", "1" * 5000,
    "cpe:2.3:a:*:*:*:*:*:*:*:*:*:*", "pkg:npm/a@1", ">=1.0", "1:1-1~" + "~" * 500,
]  # fmt: skip


class Sample:
    """A sound file of a feed: its name, which may decide how it is read, and its content."""

    def __init__(self, kind, name, content):
        self.kind, self.name, self.content = kind, name, content


# Samples


def read(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def zipped(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def archive_entries(path, count, largest=30000):
    with zipfile.ZipFile(path) as archive:
        names = [entry.filename for entry in archive.infolist() if 0 < entry.file_size < largest]
        return [(name, archive.read(name)) for name in chance.sample(names, min(count, len(names)))]


def advisory_samples(feeds):
    for path in sorted(feeds.glob("osv/*/all.zip")):
        entries = archive_entries(path, 8)
        yield Sample("osv export", "all.zip", zipped(entries))
        for name, data in entries[:3]:
            yield Sample("osv record", name, data)
    sources = json.loads(read(feeds / "debian/tracker.json.gz"))
    for _ in range(6):
        yield Sample("tracker", "tracker.json", compact({name: sources[name] for name in chance.sample(sorted(sources), 4)}))
    for name in ("DSA-list", "DLA-list"):
        entries = read(feeds / "debian" / name).split(b"\n[")[1:]
        for _ in range(3):
            yield Sample("debian list", name, b"".join(b"[" + entry + b"\n" for entry in chance.sample(entries, 12)))
    for path in chance.sample(sorted(feeds.glob("alpine/secdb/*/*.json")), 8):
        yield Sample("secdb", path.name, path.read_bytes()[: 1 << 20])
    documents = sorted(feeds.glob("csaf/**/*.json"))
    for path in documents:
        yield Sample("csaf", path.name, path.read_bytes())
    small = [(path.name, path.read_bytes()) for path in sorted(documents, key=lambda path: path.stat().st_size)[:4]]
    yield Sample("csaf archive", "csaf.tar", tarred(small))
    yield Sample("csaf archive", "csaf.zip", zipped(small))
    records = archive_entries(feeds / "cve5/vulnrichment-kev.zip", 12)
    yield Sample("cve archive", "cves.zip", zipped(records))
    yield Sample("cve archive", "cves.tar.gz", gzip.compress(tarred(records)))
    yield Sample("cve archive", "cves.tar.xz", lzma.compress(tarred(records)))
    for name, data in records[:6]:
        yield Sample("cve record", name.split("/")[-1], data)
    for path in sorted(feeds.glob("nvd/*.json*"))[:4]:
        page = json.loads(read(path))
        page["vulnerabilities"] = chance.sample(page["vulnerabilities"], 8)
        yield Sample("nvd", "nvd.json", compact(page))
        yield Sample("nvd", "nvd.json.gz", gzip.compress(compact(page)))


def intelligence_samples(feeds):
    catalogue = json.loads(read(next(feeds.glob("kev/*.json"))))
    catalogue["vulnerabilities"] = catalogue["vulnerabilities"][:20]
    yield Sample("kev", "kev.json", compact(catalogue))
    for name, path in (
        ("epss.csv", next(feeds.glob("epss/*.csv.gz"))),
        ("files_exploits.csv", feeds / "exploits/files_exploits.csv.gz"),
    ):
        lines = b"\n".join(read(path).split(b"\n")[:60]) + b"\n"
        yield Sample(name.split(".")[0], name, lines)
        yield Sample(name.split(".")[0], name + ".gz", gzip.compress(lines))
    modules = json.loads(read(feeds / "exploits/modules_metadata_base.json.gz"))
    yield Sample("metasploit", "modules.json", compact({name: modules[name] for name in sorted(modules)[:15]}))
    dates = feeds / "eol/endoflife.date"
    full = json.loads(read(dates / "api-v1-products-full.json.gz"))
    full["result"] = full["result"][:10]
    yield Sample("end of life", "full.json", compact(full))
    for path in sorted(dates.glob("api/*.json"))[:3]:
        yield Sample("end of life", path.name, path.read_bytes())
    for path in sorted(feeds.glob("eol/debian-security-support/security-support-*.deb*"))[:4]:
        yield Sample("debian support", path.name, path.read_bytes())


# Damage


def damage_bytes(data):
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not data:
            break
        place = chance.randrange(len(data))
        match chance.randrange(8):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                data[place] = chance.randrange(256)
            case 2:
                del data[place : place + chance.choice((1, 4, 50, 1000))]
            case 3:
                data[place:place] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 4, 30))))
            case 4:
                del data[place:]
            case 5:
                data[place:place] = data[place : place + chance.choice((10, 1000, 20000))]
            case 6:
                data[place : place + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b'""[]', b"{}{}"))
            case 7:
                other = chance.choice(samples).content
                start = chance.randrange(max(1, len(other)))
                data[place : place + 2000] = other[start : start + 2000]
    return bytes(data)


def nodes(value, found, parent=None, key=None):
    """Every value of a document with the container and the key it stands under."""
    found.append((parent, key))
    if isinstance(value, dict):
        for name, member in value.items():
            nodes(member, found, value, name)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            nodes(element, found, value, index)
    return found


def damage_json(data):
    """Swaps types and values; the text stays JSON. What is none is damaged byte by byte."""
    try:
        root = json.loads(data)
    except ValueError:
        return damage_bytes(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        parent, key = chance.choice(nodes(root, []))
        if parent is None:
            continue
        match chance.randrange(7):
            case 0:
                del parent[key]
            case 1 if isinstance(parent, list):
                parent.extend(copy.deepcopy(parent[: chance.choice((1, 50))]))
            case 2:
                other_parent, other_key = chance.choice(nodes(root, []))
                if other_parent is not None:
                    parent[key] = copy.deepcopy(other_parent[other_key])
            case 3 if isinstance(parent, dict):
                parent[chance.choice(("", "id", "é", "x" * 5000, key + key))] = parent.pop(key)
            case 4 if isinstance(parent[key], str):
                text = parent[key]
                place = chance.randrange(len(text) + 1)
                parent[key] = text[:place] + chance.choice(("", "\x00", "~", "/", ":", "\\", "9" * 40, "é")) + text[place + 1 :]
            case _:
                parent[key] = copy.deepcopy(chance.choice(EXTREMES))
        if len(json.dumps(root)) > 4 << 20:
            break
    text = json.dumps(root, ensure_ascii=chance.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def damage_entries(entries, pack):
    """Damages one entry of an archive, or its name, and packs it anew: so the checksums are right."""
    entries = list(entries)
    for _ in range(chance.choice((1, 1, 3))):
        if not entries:
            break
        place = chance.randrange(len(entries))
        name, data = entries[place]
        match chance.randrange(4):
            case 0:
                entries[place] = (chance.choice(("", "a", "../../a.json", "x" * 3000 + ".json", "d/", "é.json")), data)
            case 1:
                entries.append(entries[place])
            case _:
                entries[place] = (name, damage_json(data) if chance.random() < 0.7 else damage_bytes(data))
    return pack(entries)


def damage(sample):
    """A damaged copy of the file."""
    data = sample.content
    if chance.random() < 0.25:
        return damage_bytes(data)
    if sample.name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return damage_entries([(name, archive.read(name)) for name in archive.namelist()], zipped)
    if sample.name.endswith((".tar", ".tar.gz", ".tar.xz")):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            entries = [(member.name, archive.extractfile(member).read()) for member in archive.getmembers()]
        packed = damage_entries(entries, tarred)
        return gzip.compress(packed) if sample.name.endswith(".gz") else packed
    if sample.name.endswith(".gz"):
        inner = gzip.decompress(data)
        return gzip.compress(damage_json(inner) if inner[:1] in b"{[" else damage_bytes(inner))
    if data[:1] in (b"{", b"["):
        return damage_json(data)
    return damage_bytes(data)


def bombs():
    """Files that are large when unpacked, or nested without end: they try the limits, not the syntax."""
    zeros = bytes(300 << 20)
    record = b'{"id":"A-1","modified":"2024-01-01T00:00:00Z","affected":[' + b",".join(
        [b'{"package":{"ecosystem":"PyPI","name":"a"},"versions":["1"]}'] * 100000
    )
    head = b'{"catalogVersion":"1","vulnerabilities":['
    yield Sample("bomb", "zeros.gz", gzip.compress(zeros, 9))
    yield Sample("bomb", "all.zip", zipped([("a.json", b'{"id":"' + zeros + b'"}')]))
    yield Sample("bomb", "many.zip", zipped([(f"{number}.json", b"{}") for number in range(50000)]))
    yield Sample("bomb", "deep.json", b'{"id":"A-1","affected":' + b"[" * 10_000_000)
    yield Sample("bomb", "deep-objects.json", b'{"a":' * 3_000_000)
    yield Sample("bomb", "packages.json", record + b"]}")
    yield Sample("bomb", "versions.json", record + b"]," + b'"details":"' + b"x" * (20 << 20) + b'"}')
    yield Sample("bomb", "numbers.json", head + b"1," * 15_000_000 + b"1]}")
    yield Sample("bomb", "empty-objects.json", head + b"{}," * 10_000_000 + b"{}]}")
    yield Sample("bomb", "strings.json", b'{"catalogVersion":"' + b"\\u0041" * 5_000_000 + b'"}')
    yield Sample("bomb", "tracker.json", b'{"a":{' + b",".join(
        b'"CVE-2024-%d":{"releases":{"bookworm":{"status":"open","urgency":"low"}}}' % number for number in range(300000)
    ) + b"}}")
    yield Sample("bomb", "epss.csv", b"cve,epss,percentile\n" + b"CVE-2024-0001,0.1,0.1\n" * 3_000_000)
    yield Sample("bomb", "line.csv", b"cve,epss,percentile\n" + b"x" * (200 << 20))
    yield Sample("bomb", "files_exploits.csv", b"id,file,description,\n" + b'1,"' + b"x" * (100 << 20))
    yield Sample("bomb", "DSA-list", b"[29 Mar 2023] DSA-5380-1 a - security update\n" * 500000)


# Running


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Use(typing.NamedTuple):
    """What a process used: bytes of memory at most, and seconds of all cores together."""

    memory: int
    seconds: float


def run(arguments, folder):
    """The outcome of a process: exit status or negative signal, `None` after the time limit; what it used; what it said.

    What it keeps for a next build goes into the folder.
    """
    with tempfile.TemporaryFile() as said:
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", "XDG_CACHE_HOME": str(folder / "cache")}
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=said, stderr=said, preexec_fn=limit, env=environment
        )
        descriptor = os.pidfd_open(process.pid)
        ended, _, _ = select.select([descriptor], [], [], SECONDS)
        if not ended:
            # Not `process.kill()`, which would reap a child that ended just now.
            os.kill(process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(process.pid, 0)
        os.close(descriptor)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        used = Use(usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime)
        return process.returncode if ended else None, used, said.read()


def judge(place, name, data):
    """What became of one file: `built`, `refused`, or what is wrong."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=place))
    try:
        (folder / name).write_bytes(data)
        index = folder / "index.out"
        build = [options.program, "index", "build", "--feed", str(folder / name), "--output", str(index)]
        status, used, said = run(build, folder)
        if status is None or used.seconds > SECONDS:
            return f"took more than {SECONDS} s", used
        if status < 0:
            return f"ended by {signal.Signals(-status).name}: {said[-300:].decode(errors='replace')}", used
        if used.memory > MEMORY:
            return f"took {used.memory >> 20} MiB", used
        if status > 0:
            return ("refused" if said.strip() else "refused without a word"), used
        status, _, said = run([options.program, "index", "info", str(index)], folder)
        if status is None:
            return f"took more than {SECONDS} s", used
        return ("built" if status == 0 else f"does not verify: {said[-300:].decode(errors='replace')}"), used
    finally:
        shutil.rmtree(folder)


def file_name(sample):
    """A name of the same kind that any system takes."""
    return sample.name.replace("/", "_")[-100:] or "file"


def main():
    global options, chance, samples
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=".build/release/zerotrace")
    parser.add_argument("--feeds", type=pathlib.Path, default=pathlib.Path(os.environ.get("ZEROTRACE_FEEDS", "../shared/feeds")))
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path(".fuzz/feeds"))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    warnings.filterwarnings("ignore", "Duplicate name")
    samples = list(advisory_samples(options.feeds)) + list(intelligence_samples(options.feeds))

    by_kind = collections.defaultdict(list)
    for sample in samples:
        by_kind[sample.kind].append(sample)

    place = tempfile.mkdtemp(prefix="zerotrace-feeds.", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    outcomes = collections.Counter()
    kinds = collections.Counter()
    findings = []
    largest = (Use(0, 0), "nothing")
    slowest = largest

    def finish(number, sample, data, future):
        nonlocal largest, slowest
        outcome, used = future.result()
        largest = max(largest, (used, sample.name), key=lambda use: use[0].memory)
        slowest = max(slowest, (used, sample.name), key=lambda use: use[0].seconds)
        kinds[sample.kind] += 1
        if outcome.startswith("took more than"):
            # A machine that has too much to do may stop anything for seconds. What hangs does so every time.
            outcome, _ = judge(place, file_name(sample), data)
            outcomes["judged again"] += 1
        if outcome in ("built", "refused"):
            outcomes[outcome] += 1
            return
        outcomes["found"] += 1
        kept = options.keep / f"{number:05}-{file_name(sample)}"
        options.keep.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)
        findings.append(f"{kept}: {outcome}")
        print(findings[-1], flush=True)

    try:
        # The sound ones must be read, or damage to them would tell nothing.
        for number, sample in enumerate(samples):
            outcome, _ = judge(place, file_name(sample), sample.content)
            if outcome != "built":
                print(f"a sound file ({sample.kind}, {sample.name}): {outcome}", file=sys.stderr)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            waiting = collections.deque()
            cases = ((sample, sample.content) for sample in bombs()) if options.count >= 1000 else iter(())
            for number in range(options.count):
                sample, data = next(cases, (None, None))
                if sample is None:
                    # By kind first: there are many more OSV records than anything else.
                    sample = chance.choice(by_kind[chance.choice(sorted(by_kind))])
                    data = damage(sample)
                future = pool.submit(judge, place, file_name(sample), data)
                waiting.append((number, sample, data, future))
                while len(waiting) > options.jobs * 2:
                    finish(*waiting.popleft())
                if sys.stderr.isatty() and number % 50 == 0:
                    print(f"{number} of {options.count}, {len(findings)} found", end="\r", file=sys.stderr)
            while waiting:
                finish(*waiting.popleft())
    finally:
        shutil.rmtree(place)
    print(f"{options.count} files: {outcomes['built']} built, {outcomes['refused']} refused, {len(findings)} findings")
    print(f"  at most {largest[0].memory >> 20} MiB ({largest[1]}), {slowest[0].seconds:.1f} s of CPU ({slowest[1]})")
    if outcomes["judged again"]:
        print(f"  {outcomes['judged again']} took more than {SECONDS} s and were judged again")
    print("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
