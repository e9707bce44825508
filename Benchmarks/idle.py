#!/usr/bin/env python3
"""What an agent costs a machine on which nothing changes: resident memory, processor time, requests and bytes on the wire.

usage: idle.py [--minutes 60] [--root DIR] [--packages 1000]

The real agent against the real server with their own defaults, over TLS, as bytes are paid for with the handshake of every connection. Counted is from the first
heartbeat after the first inventory on, for MINUTES; quoted is what that makes in an hour, beside the bounds. Under an hour there is no scan on schedule and no
renewal of the access token in it, and few heartbeats: such a run tells of memory and of bytes a request, and says so.
"""
import argparse
import contextlib
import os
import pathlib
import platform
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from installation import PROGRAMS, HostRoot, Installation, spawn, wait_for  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
REQUEST = re.compile(rb"(?:POST|PUT|GET) /v1/agent/(\w+) HTTP/1\.1\r\n")
# Of an idle agent: MiB resident, percent of one processor, requests and kB an hour.
BOUNDS = {"resident MiB": 20, "processor %": 0.02, "requests/h": 13, "kB/h": 20}


class Meter:
    """Ends TLS before the server, and counts the bytes outside of it and the requests inside."""

    def __init__(self, folder, target):
        self.target = target
        self.bytes, self.connections, self.requests = 0, 0, []
        self.certificate, key = folder / "meter.pem", folder / "meter.key"
        # A chain of one, as an organisation's own proxy may have. A public authority's intermediate certificate makes each handshake larger.
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=ZeroTrace",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self.tls.load_cert_chain(self.certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            outside, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=[outside], daemon=True).start()

    def serve(self, outside):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = self.tls.wrap_bio(incoming, outgoing, server_side=True)
        inside = None
        try:
            while True:
                try:
                    session.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    self.send(outside, outgoing)
                    self.receive(outside, incoming)
            self.send(outside, outgoing)
            inside = socket.create_connection(("127.0.0.1", self.target))
            lock = threading.Lock()
            threading.Thread(target=self.answer, args=[inside, outside, session, outgoing, lock], daemon=True).start()
            while True:
                # Before waiting for more: a request may have come with the last bytes of the handshake.
                with lock:
                    data = b""
                    try:
                        while piece := session.read(65_536):
                            data += piece
                    except ssl.SSLWantReadError:
                        pass
                    self.send(outside, outgoing)
                # A head fits into one record.
                self.requests += [name.decode() for name in REQUEST.findall(data)]
                inside.sendall(data)
                self.receive(outside, incoming)
        except (OSError, ssl.SSLError, EOFError):
            pass
        finally:
            outside.close()
            if inside:
                inside.close()

    def answer(self, inside, outside, session, outgoing, lock):
        try:
            while data := inside.recv(65_536):
                with lock:
                    session.write(data)
                    self.send(outside, outgoing)
        except (OSError, ssl.SSLError):
            pass
        finally:
            # The agent has to see that the server closed, or its next request goes nowhere.
            with contextlib.suppress(OSError):
                outside.shutdown(socket.SHUT_RDWR)

    def send(self, outside, outgoing):
        if data := outgoing.read():
            self.bytes += len(data)
            outside.sendall(data)

    def receive(self, outside, incoming):
        data = outside.recv(65_536)
        if not data:
            raise EOFError
        self.bytes += len(data)
        incoming.write(data)


def memory(pid):
    """MiB resident, and of that not backed by a file."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(("VmRSS:", "RssAnon:"))}
    return fields["VmRSS"], fields["RssAnon"]


def processor(pid):
    """Seconds of user and system time."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(place, meter, agent, minutes):
    def is_idle():
        assert agent.poll() is None, (place.folder / "agent.log").read_text()[-2000:]
        return "heartbeat" in meter.requests

    wait_for(is_idle, "the first heartbeat", 600)
    # What the first exchange needed is given back after it.
    time.sleep(10)
    before = meter.bytes, meter.connections, len(meter.requests), processor(agent.pid)
    started, samples = time.monotonic(), []
    while time.monotonic() - started < minutes * 60:
        assert agent.poll() is None, (place.folder / "agent.log").read_text()[-2000:]
        samples.append(memory(agent.pid))
        time.sleep(min(5, minutes * 60))
    hours = (time.monotonic() - started) / 3600
    size, connections, requests = meter.bytes - before[0], meter.connections - before[1], meter.requests[before[2]:]
    seconds = processor(agent.pid) - before[3]
    kinds = ", ".join(f"{requests.count(kind)} {kind}" for kind in sorted(set(requests))) or "none"
    print(f"in {hours * 60:.1f} minutes: requests: {kinds}; {connections} connections; {size} bytes; {seconds:.2f} s of processor")
    resident = sorted(sample[0] for sample in samples)
    print(f"resident: median {resident[len(resident) // 2]:.1f} MiB, most {resident[-1]:.1f}, of its own {max(sample[1] for sample in samples):.1f}")
    failed = (place.folder / "agent.log").read_text().count("server not served")
    print(f"requests without an answer since the start: {failed}")
    if requests:
        print(f"{size / len(requests):.0f} bytes a request, with its share of the handshake")
    found = {
        "resident MiB": resident[len(resident) // 2], "processor %": seconds / hours / 36, "requests/h": len(requests) / hours, "kB/h": size / hours / 1000,
    }
    print(f"\n{'':14}{'found':>10}{'bound':>8}")
    for name, bound in BOUNDS.items():
        print(f"{name:14}{found[name]:10.3f}{bound:8}  {'' if found[name] <= bound else 'TOO MUCH'}")
    if hours < 1:
        print("shorter than an hour: requests and bytes are those of a few heartbeats, scaled; no scan and no token are in it")
    return failed == 0 and all(found[name] <= bound for name, bound in BOUNDS.items())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--root", help="folder to scan; default: a small Debian root made here")
    parser.add_argument("--packages", type=int, default=1000, help="in the root made here")
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} processors, {PROGRAMS}")
    with tempfile.TemporaryDirectory() as folder:
        place = Installation(pathlib.Path(folder))
        # Not `start`, which asks for a heartbeat every two seconds: what is measured is what the server says by itself.
        place.sync()
        place.company("Acme")
        command = [PROGRAMS / "zerotrace", "serve", "--data", place.data, "--port", str(place.port), "--feed-minutes", "0"]
        place.server = spawn(command, place.log)
        try:
            wait_for(place.is_ready, "the server to be ready")
            meter = Meter(place.folder, place.port)
            root = options.root
            if root is None:
                host = HostRoot(place.folder / "root")
                host.packages |= {f"package-{number}": (f"package-{number}", "1.0-1") for number in range(options.packages)}
                host.write()
                root = host.folder
            agent = spawn(
                [PROGRAMS / "zerotrace-agent", "run", "--server", meter.url, "--ca", meter.certificate, "--state",
                 place.folder / "state", "--root", root],
                place.folder / "agent.log", env={**os.environ, "no_proxy": "*", "ZEROTRACE_ENROLLMENT_TOKEN": place.token("Acme")})
            place.children.append(agent)
            is_within = measure(place, meter, agent, options.minutes)
        finally:
            place.stop()
    if not is_within:
        sys.exit(1)


if __name__ == "__main__":
    main()
