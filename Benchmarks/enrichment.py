#!/usr/bin/env python3
"""The enrichment service over HTTP: package versions per second of server CPU, latencies at 1, 32 and 1,000 connections, and the peer beside it.

    Benchmarks/enrichment.py --zerotrace .build/release/zerotrace [--feeds ../shared/feeds] [--index FILE] [--seconds 8] [--peer SCRIPT]

It needs `wrk` (Debian package wrk; in PATH or $PEERS_DIR/debroot/usr/bin). Bodies hold 1,000 packages each, drawn with a fixed seed from the reference
feeds: a third Debian, a third PyPI, a third of all other ecosystems; half of the names have advisories, half have none, as in an inventory.
CPU is the server's user and system time from /proc, so it holds on a busy machine too; wall-clock figures do not. With --peer (for instance
../shared/peers/bench-fair.sh, with $PEERS_DIR set up) the peer's own benchmark runs in the same minute, and its packages are asked here as well.
"""
import argparse, json, os, random, re, resource, shutil, signal, subprocess, sys, tempfile, time, urllib.parse, zipfile

BATCH = 1000
LUA = """
local bodies, at = {}, 0
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
wrk.method, wrk.path = "POST", os.getenv("TARGET")
wrk.headers["Content-Type"] = "application/json"
function request() at = at % #bodies + 1; return wrk.format(nil, nil, nil, bodies[at]) end
function done(summary, latency)
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"errors":%d,"p50":%f,"p99":%f,"max":%f,"bytes":%d}\\n', summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, summary.bytes))
end
"""
TYPES = {"PyPI": "pypi", "npm": "npm", "Go": "golang", "crates.io": "cargo", "RubyGems": "gem", "Packagist": "composer", "NuGet": "nuget", "Hex": "hex", "Maven": "maven"}


def purl(ecosystem, name, version):
    quote = lambda text: urllib.parse.quote(text, safe="")
    if ecosystem.startswith("Debian:"):
        return f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch=amd64&distro=debian-{ecosystem[7:]}"
    if ecosystem == "Maven":
        name = name.replace(":", "/")
    return f"pkg:{TYPES[ecosystem]}/{'/'.join(map(quote, name.split('/')))}@{quote(version)}"


def known(feeds):
    """(ecosystem, name, versions) of packages with advisories."""
    found = {}
    for ecosystem in ["Debian", *TYPES]:
        path = os.path.join(feeds, "osv", ecosystem, "all.zip")
        if not os.path.exists(path):
            continue
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                for affected in json.loads(archive.read(entry)).get("affected", []):
                    package = affected.get("package") or {}
                    scope = package.get("ecosystem", "")
                    if scope not in TYPES and not re.fullmatch(r"Debian:\d+", scope):
                        continue
                    versions = found.setdefault((scope, package["name"]), set())
                    versions.update(list(map(str, affected.get("versions", [])))[-20:])
                    for each in affected.get("ranges", []):
                        versions.update(v for e in each.get("events", []) for v in e.values() if v != "0" and each["type"] != "GIT")
    return [(scope, name, sorted(v)) for (scope, name), v in sorted(found.items()) if v]


def mixed_bodies(feeds, count, rnd):
    groups = {"Debian": [], "PyPI": [], "other": []}
    for item in known(feeds):
        groups["Debian" if item[0].startswith("Debian") else "PyPI" if item[0] == "PyPI" else "other"].append(item)
    groups = [g for g in groups.values() if g]
    def one(index):
        scope, name, versions = rnd.choice(groups[index % len(groups)])
        if rnd.random() < 0.5:
            name += "-" + rnd.choice(["utils", "core", "plugin", "x"])  # a name like it that no advisory speaks of
        return purl(scope, name, rnd.choice(versions))
    return [json.dumps({"packages": [one(i) for i in range(BATCH)]}) for _ in range(count)]


def peer_bodies(facts, count, rnd):
    """The peer's own packages: each has advisories, its version is one they speak of."""
    debian = list({l.split("\t")[0]: l.rstrip("\n").split("\t") for l in open(facts + "/debian.tsv")}.values())
    python = {}
    for line in open(facts + "/pypi.jsonl"):
        for affected in json.loads(line)["affected"]:
            if affected.get("versions"):
                python[affected["package"]["name"]] = list(map(str, affected["versions"]))
    python = sorted(python.items())
    def one(index):
        if index % 2:
            source, _, version = rnd.choice(debian)
            return purl("Debian:12", source, version)
        name, versions = rnd.choice(python)
        return purl("PyPI", name, rnd.choice(versions))
    return [json.dumps({"packages": [one(i) for i in range(BATCH)]}) for _ in range(count)]


def peer_feeds(facts, folder):
    """The peer's facts as OSV feeds, so that both sides know the same."""
    records = {"PyPI": [json.loads(line) for line in open(facts + "/pypi.jsonl")], "Debian": []}
    for line in open(facts + "/debian.tsv"):
        source, cve, fixed = line.rstrip("\n").split("\t")
        records["Debian"].append({
            "id": f"DEBIAN-{cve}-{source}", "upstream": [cve], "modified": "2026-01-01T00:00:00Z", "affected": [{
                "package": {"ecosystem": "Debian:12", "name": source},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]})
    for ecosystem, each in records.items():
        os.makedirs(f"{folder}/osv/{ecosystem}")
        with zipfile.ZipFile(f"{folder}/osv/{ecosystem}/all.zip", "w") as archive:
            for record in each:
                archive.writestr(record["id"] + ".json", json.dumps(record))
    return folder


class Server:
    def __init__(self, program, index):
        self.process = subprocess.Popen([program, "enrichment", "--port", "0", "--index", index], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r":(\d+)\"\}.*listening|listening.*:(\d+)\"", line)
            if found:
                self.port = int(found[1] or found[2])
                return
        raise SystemExit("the service did not start")

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rest(self):
        """Waits until what earlier clients left behind is worked off."""
        while True:
            before = self.cpu()
            time.sleep(0.5)
            if self.cpu() - before < 0.02:
                return

    def memory(self):
        text = open(f"/proc/{self.process.pid}/status").read()
        return {k: int(re.search(rf"{k}:\s+(\d+)", text)[1]) // 1024 for k in ("VmHWM", "RssAnon")}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)


def load(wrk, server, bodies, target, connections, seconds, per_request):
    with tempfile.TemporaryDirectory() as folder:
        lua, path = folder + "/batch.lua", folder + "/bodies"
        open(lua, "w").write(LUA)
        open(path, "w").write("\n".join(bodies) + "\n")
        server.rest()
        before = server.cpu()
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", lua, f"http://127.0.0.1:{server.port}{target}"]
        # wrk unpacked beside the peers finds its libraries there.
        libraries = os.path.join(os.path.dirname(wrk), "../lib/x86_64-linux-gnu") + ":" + os.environ.get("LD_LIBRARY_PATH", "")
        environment = {**os.environ, "BODIES": path, "TARGET": target, "LD_LIBRARY_PATH": libraries}
        output = subprocess.run(command, env=environment, capture_output=True, text=True).stdout
        cpu = server.cpu() - before
    found = re.search(r"RESULT (.*)", output)
    if not found:
        raise SystemExit("wrk said nothing:\n" + output)
    result = json.loads(found[1])
    items = result["requests"] * per_request
    result.update(target=target, connections=connections, server_cpu_seconds=round(cpu, 2), items=items,
                  items_per_cpu_second=round(items / cpu) if cpu else None, items_per_second=round(items / result["seconds"]))
    return result


def show(name, result):
    print(f"{name}: {result['items_per_cpu_second']:,}/s of server CPU ({result['items_per_second']:,}/s wall), {result['connections']} connections, "
          f"p50 {result['p50']:.1f} ms, p99 {result['p99']:.1f} ms, {result['errors']} errors", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--zerotrace", default=".build/release/zerotrace")
    arguments.add_argument("--feeds", default=os.environ.get("ZEROTRACE_FEEDS", "../shared/feeds"))
    arguments.add_argument("--index", help="a built index; otherwise one is built from the feeds")
    arguments.add_argument("--seconds", type=int, default=8)
    arguments.add_argument("--peer", help="the peer's benchmark; its figures are printed beside")
    arguments.add_argument("--json", help="write all figures to this file")
    options = arguments.parse_args()
    peers = os.environ.get("PEERS_DIR", os.path.expanduser("~/.cache/zerotrace-peers"))
    wrk = shutil.which("wrk") or shutil.which(peers + "/debroot/usr/bin/wrk")
    if not wrk:
        raise SystemExit("wrk is missing: apt-get install wrk")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = tempfile.mkdtemp()
    index = options.index
    if not index:
        index = folder + "/index"
        subprocess.run([options.zerotrace, "index", "build", "--feed", options.feeds, "--output", index], check=True)
    rnd = random.Random(7)
    server = Server(options.zerotrace, index)
    results = {}
    def run(name, bodies, target, connections, per_request):
        results[name] = load(wrk, server, bodies, target, connections, options.seconds, per_request)
        show(name, results[name])
    try:
        mixed = mixed_bodies(options.feeds, 100, rnd)
        for connections in (1, 32, 1000):
            run(f"mixed inventory, batches of {BATCH}, c{connections}", mixed, "/v1/verdicts", connections, BATCH)
        single = [json.dumps({"package": {"purl": p}}) for p in json.loads(mixed[0])["packages"]]
        queries = [json.dumps({"queries": [{"package": {"purl": p}} for p in json.loads(body)["packages"]]}) for body in mixed]
        run("OSV querybatch of 1,000, c32", queries, "/v1/querybatch", 32, BATCH)
        run("OSV query, c32", single, "/v1/query", 32, 1)
        results["memory_mib"] = server.memory()
        print(f"memory: {results['memory_mib']['RssAnon']} MiB of its own, {results['memory_mib']['VmHWM']} MiB at most with the mapping")
    finally:
        server.stop()
    if options.peer:
        peer(options, wrk, peers + "/facts", folder, results)
    shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        json.dump(results, open(options.json, "w"), indent=1)


def peer(options, wrk, facts, folder, results):
    """Runs the peer's benchmark and sets its batches of 1,000 beside ours: the same facts, packages drawn alike, CPU against CPU."""
    output = subprocess.run([options.peer], capture_output=True, text=True).stdout
    print(output, end="")
    index = folder + "/peer-index"
    build = [options.zerotrace, "index", "build", "--feed", peer_feeds(facts, folder + "/peer-feeds"), "--output", index]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    server = Server(options.zerotrace, index)
    try:
        own = load(wrk, server, peer_bodies(facts, 20, random.Random(7)), "/v1/verdicts", 2, options.seconds, BATCH)
    finally:
        server.stop()
    results["the peer's facts and packages"] = own
    show("the peer's facts and packages, batches of 1,000", own)
    for batch, mode, requests, milliseconds in re.findall(
            r"batch (\d+) (nocache|warm) conns \d+: (\d+) req .*\n\s*server CPU (\d+) ms", output):
        rate = int(batch) * int(requests) / (int(milliseconds) / 1000)
        results[f"peer {mode} batch {batch}"] = {"items_per_cpu_second": round(rate)}
        if batch == str(BATCH):
            # The peer's figure leaves out its database's and cache's CPU, so the ratio is on its side.
            print(f"peer {mode}: {rate:,.0f}/s of its CPU; this service {own['items_per_cpu_second'] / rate:,.1f} times as many")


if __name__ == "__main__":
    main()
