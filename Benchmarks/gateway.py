#!/usr/bin/env python3
"""CPU of one gateway process for each kind of request of an agent, on PostgreSQL or on the embedded store, beside another HTTP server in the same run.

    Benchmarks/gateway.py [--store postgres|sqlite] [--requests 3000] [--rounds 3] [--proofs] [--gin PROGRAM] [--profile FILE]

A gateway alone (with `--store sqlite`: `zerotrace serve`, so what an inventory costs includes applying it) and PostgreSQL and Redis beside it. AGENTS agents enroll as real ones
do, every request carries a signature of its own, made before the clock runs; CONNECTIONS connections are kept, each with one request under way. CPU is user and system time
of all threads of the process, to the nanosecond (/proc/…/schedstat), so it holds on a busy machine but for caches and hyper-threads shared with others; quoted is the
smallest of ROUNDS rounds, all kinds taken in turn.

  healthy    GET /-/healthy: the HTTP server with nothing behind it
  heartbeat  POST /v1/agent/heartbeat, nothing changed
  unchanged  PUT /v1/agent/inventory of 1,450 packages that the agent sent before
  full       PUT /v1/agent/inventory of 1,450 packages, another set than before each time
  gin …      with --gin: GET /v1/ping and POST /v1/ingest (1,450 packages as 211 kB of JSON) of the Gin program in the same run

`--profile FILE` keeps the server's threads sampled by perf while heartbeats run.
"""
import argparse
import base64
import gzip
import hashlib
import hmac
import json
import os
import pathlib
import platform
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from data_servers import PASSWORD, Postgres, Redis  # noqa: E402
from installation import PROGRAMS, TRACKER, Installation, free_port, spawn, wait_for, write_mirror  # noqa: E402

PACKAGES = 1450
FACTS = {
    "hostname": "web-1.example.com",
    "os": {"id": "debian", "version_id": "12", "codename": "bookworm", "pretty_name": "Debian GNU/Linux 12 (bookworm)", "id_like": []},
    "kernel_release": "6.1.0-28-amd64", "boot_time": 1_764_000_000, "architecture": "x86_64", "agent_version": "0.9.0", "dropped_reports": 0, "warnings": [],
}


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return encoded(json.dumps(value, separators=(",", ":")).encode())


class Agent:
    """One that enrolls and signs, with an inventory of its own."""

    def __init__(self, number, signs):
        self.number = number
        self.signs = signs
        self.proof_key = None
        self.key = Ed25519PrivateKey.generate()
        self.public = encoded(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self.token = None
        self.version = 0

    def proof(self, method, path):
        """RFC 9449 section 4.2."""
        claims = {"htm": method, "htu": path, "iat": int(time.time()), "jti": secrets.token_urlsafe(16)}
        if self.token:
            claims["ath"] = encoded(hashlib.sha256(self.token.encode()).digest())
        signed = compact({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": self.public}}) + "." + compact(claims)
        return signed + "." + encoded(self.key.sign(signed.encode()))

    def signature(self, method, path, body):
        """RFC 9421 section 3.1, with the key that comes with the token."""
        digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
        parameters = (f'("@method" "@path" "authorization" "content-digest");created={int(time.time())};nonce="{secrets.token_urlsafe(16)}"'
                      ';alg="hmac-sha256"')
        base = (f'"@method": {method}\n"@path": {path}\n"authorization": DPoP {self.token}\n"content-digest": {digest}\n'
                f'"@signature-params": {parameters}')
        code = base64.b64encode(hmac.new(self.proof_key, base.encode(), hashlib.sha256).digest()).decode()
        return [f"Signature-Input: zt={parameters}", f"Signature: zt=:{code}:", f"Content-Digest: {digest}"]

    def request(self, method, path, body, headers=()):
        evidence = self.signature(method, path, body) if self.proof_key else [f"DPoP: {self.proof(method, path)}"]
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", f"Authorization: DPoP {self.token}", *evidence, *headers]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def enroll(self, place, token):
        facts = {**FACTS, "hostname": f"web-{self.number}.example.com"}
        reply = self.ask(place, "/v1/agent/enroll", {"token": token, "facts": facts})
        self.id, self.facts = reply["agent_id"], facts
        reply = self.ask(place, "/v1/agent/token", {"agent_id": self.id})
        key = reply.get("proof_key")
        self.proof_key = base64.urlsafe_b64decode(key + "=") if key and self.signs else None
        self.token = reply["access_token"]

    def ask(self, place, path, body):
        answer = place.request("POST", path, body, headers={"DPoP": self.proof("POST", path)})
        assert answer.status < 300, answer.body
        return answer.json

    def heartbeat(self):
        body = json.dumps({"digest": hashlib.sha256(self.text()).hexdigest(), "facts": self.facts}).encode()
        return self.request("POST", "/v1/agent/heartbeat", body, ["Content-Type: application/json"])

    def text(self):
        """The inventory: packages that differ from agent to agent and from version to version."""
        lines = sorted(
            f"pkg:deb/debian/lib-sample-{n:04d}@1.{n % 30}.{self.number if n < 8 else n % 7}-{self.version if n == 9 else n % 4}"
            f"?arch=amd64&distro=debian-12&upstream=sample-{n // 2:04d}".encode() for n in range(PACKAGES))
        return b"".join(line + b"\n" for line in lines)

    def inventory(self):
        return self.request(
            "PUT", "/v1/agent/inventory", gzip.compress(self.text(), 6, mtime=0),
            ["Content-Type: application/vnd.zerotrace.inventory", "Content-Encoding: gzip"])

    def next_inventory(self):
        self.version += 1
        return self.inventory()


class Place(Installation):
    """One server process, and what it stores in."""

    def __init__(self, folder, store):
        super().__init__(folder)
        self.store = store
        self.feeds = None
        self.servers = []
        self.variables = {"API_FLEET_RATE_LIMIT": "100000000", "API_AGENT_RATE_LIMIT": "100000000", "API_RATE_LIMIT": "100000000"}

    def start(self):
        command = [PROGRAMS / "zerotrace", "serve", "--data", self.data, "--port", str(self.port), "--feed-minutes", "0"]
        if self.store == "postgres":
            postgres, redis = Postgres(PASSWORD, None, ["fsync=off", "shared_buffers=256MB"]), Redis(self.folder, PASSWORD)
            self.servers = [postgres, redis]
            self.variables |= {
                "DB_HOST": "127.0.0.1", "DB_PORT": str(postgres.port), "DB_USER": "owner", "DB_PASSWORD_FILE": str(postgres.password_file),
                "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis.port), "REDIS_PASSWORD": PASSWORD,
            }
            self.run("migrate")
            command = [PROGRAMS / "zerotrace", "gateway", "--data", self.data, "--port", str(self.port)]
        if self.feeds is None:
            write_mirror(self.mirror, TRACKER)
        self.run("feeds", "sync", "--mirror", self.feeds or self.mirror, "--no-apt")
        self.server = spawn([*command, "--heartbeat", "3600"], self.log, env=self.environment)
        wait_for(self.is_ready, "the server to be ready")

    def stop(self):
        super().stop()
        for server in self.servers:
            server.stop()


def cpu(pid):
    """Nanoseconds of all threads."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


class Client:
    """Connections with one request under way each."""

    def __init__(self, port, connections):
        self.selector = selectors.DefaultSelector()
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
        for connection in self.sockets:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(connection, selectors.EVENT_READ)

    def run(self, requests):
        """Sends each once; answers how many had each status."""
        waiting, statuses = iter(requests), {}
        partial = {}
        under_way = sum(self.send(connection, waiting) for connection in self.sockets)
        while under_way:
            for key, _ in self.selector.select():
                connection = key.fileobj
                data = partial.pop(connection, b"") + connection.recv(1 << 16)
                head, found, body = data.partition(b"\r\n\r\n")
                if not found or len(body) < self.length(head):
                    if not data:
                        raise ConnectionError("the server closed a connection")
                    partial[connection] = data
                    continue
                status = int(head[9:12])
                statuses[status] = statuses.get(status, 0) + 1
                under_way += self.send(connection, waiting) - 1
        return statuses

    def send(self, connection, waiting):
        request = next(waiting, None)
        if request is None:
            return 0
        connection.sendall(request)
        return 1

    @staticmethod
    def length(head):
        lower = head.lower()
        place = lower.find(b"content-length:")
        return int(lower[place + 15:].split(b"\r\n", 1)[0]) if place >= 0 else 0

    def close(self):
        for connection in self.sockets:
            connection.close()


def measure(pid, client, requests, expected):
    before = cpu(pid)
    statuses = client.run(requests)
    used = cpu(pid) - before
    if set(statuses) != {expected}:
        print("NOT GOOD:", statuses, file=sys.stderr)
    return used / len(requests) / 1000


def jwt(key):
    """A token as the Gin program takes it."""
    signed = compact({"alg": "HS256", "typ": "JWT"}) + "." + compact(
        {"sub": "u1", "company_id": "c1", "role": "admin", "exp": int(time.time()) + 86400})
    return signed + "." + encoded(hmac.new(key, signed.encode(), hashlib.sha256).digest())


class Gin:
    """The Gin program of the peers: JWT (HS256) and a token bucket, and nothing behind."""

    def __init__(self, program, folder):
        port = free_port()
        self.process = spawn([program, f"127.0.0.1:{port}"], folder / "gin.log")
        self.token = jwt(b"0123456789abcdef0123456789abcdef")
        wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "Gin to listen")
        self.client = Client(port, 64)
        packages = [
            {"name": f"package-{n:05d}", "version": f"1.{n % 30}.{n % 7}-{n % 4}+deb12u1", "purl": f"pkg:deb/debian/package-{n:05d}@1.{n % 30}.{n % 7}-{n % 4}",
             "arch": "amd64", "source": f"src-{n % 900:04d}"} for n in range(PACKAGES)]
        self.report = json.dumps({"agent_id": "a-1", "hostname": "h1", "packages": packages}).encode()

    def request(self, method, path, body=b""):
        return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Bench:
    def __init__(self, place, agents, arguments):
        self.place = place
        self.agents = agents
        self.arguments = arguments
        self.client = Client(place.port, arguments.connections)

    def each(self, count, make):
        """Requests, of the agents in turn."""
        return [make(self.agents[n % len(self.agents)]) for n in range(count)]

    def round(self):
        count, pid = self.arguments.requests, self.place.server.pid
        few = max(len(self.agents), count // 10)
        healthy = [b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"] * count
        figures = {"healthy": measure(pid, self.client, healthy, 200)}
        figures["full"] = measure(pid, self.client, self.each(few, Agent.next_inventory), 202)
        self.settle()
        self.client.run(self.each(len(self.agents), Agent.heartbeat))
        figures["heartbeat"] = measure(pid, self.client, self.each(count, Agent.heartbeat), 200)
        figures["unchanged"] = measure(pid, self.client, self.each(few, Agent.inventory), 202)
        return figures

    def settle(self):
        """With processing in the same process: until it rests."""
        last = 0
        while self.place.store == "sqlite" and cpu(self.place.server.pid) - last > 20_000_000:
            last = cpu(self.place.server.pid)
            time.sleep(0.5)

    def profile(self, path):
        requests = self.each(self.arguments.requests * 4, getattr(Agent, self.arguments.profiled))
        command = ["perf", "record", "-q", "-F", "1999", "-g", "-e", "cpu-clock", "-p", str(self.place.server.pid), "-o", path]
        with subprocess.Popen(command) as perf:
            time.sleep(1)
            self.client.run(requests)
            perf.send_signal(signal.SIGINT)


def gin_round(gin, arguments):
    pid, count = gin.process.pid, arguments.requests
    return {
        "gin GET /v1/ping": measure(pid, gin.client, [gin.request("GET", "/v1/ping")] * count, 200),
        "gin POST /v1/ingest": measure(pid, gin.client, [gin.request("POST", "/v1/ingest", gin.report)] * max(64, count // 10), 202),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--agents", type=int, default=100)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--proofs", action="store_true", help="a DPoP proof with each request, as agents of before sent")
    parser.add_argument("--gin", type=pathlib.Path)
    parser.add_argument("--profile", type=pathlib.Path)
    parser.add_argument("--profiled", choices=["heartbeat", "inventory", "next_inventory"], default="heartbeat")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zerotrace-gateway-", dir="/tmp"))
    folder.chmod(0o711)
    place = Place(folder, arguments.store)
    gin = None
    try:
        place.start()
        place.company("Company 1")
        token = place.token("Company 1", uses=1_000_000)
        agents = [Agent(number, not arguments.proofs) for number in range(arguments.agents)]
        for agent in agents:
            agent.enroll(place, token)
        bench = Bench(place, agents, arguments)
        gin = Gin(arguments.gin, folder) if arguments.gin else None
        report(bench, gin, arguments)
        if arguments.profile:
            bench.profile(arguments.profile)
    finally:
        if gin:
            gin.process.kill()
            gin.process.wait()
        place.stop()
        shutil.rmtree(folder, ignore_errors=True)


def report(bench, gin, arguments):
    print(f"{platform.machine()}, {os.cpu_count()} cores, {arguments.store}, {len(bench.agents)} agents, load {os.getloadavg()[0]:.1f}", flush=True)
    rounds = [{**bench.round(), **(gin_round(gin, arguments) if gin else {})} for _ in range(arguments.rounds)]
    for name in rounds[0]:
        values = sorted(figures[name] for figures in rounds)
        print(f"{name:20} {values[0]:9.1f} us of CPU a request (up to {values[-1]:.1f})")


if __name__ == "__main__":
    main()
