#!/usr/bin/env python3
"""Starts the production topology on free loopback ports and keeps it until Ctrl-C, or runs a load test against it.

    make production                                      # shows the addresses; Ctrl-C stops everything
    make production FEEDS=../feeds FOLDER=.production    # advisories of a mirror; keeps logs in a new folder
    make production COMPANIES=20 LOADTEST="--agents 2000 --duration 120"

nginx -> 2 gateways, 2 processors, 2 enrichment processes, PostgreSQL with a streaming replica, Redis, memcached, Prometheus: the same description that the
end-to-end tests start (Tests/EndToEnd/topology.py). Without FEEDS the advisories are some hundred records that were made up.
"""
import argparse
import os
import pathlib
import resource
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("ZEROTRACE_PROGRAMS", str(ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

import data_servers  # noqa: E402
import front_servers  # noqa: E402
from installation import PROGRAMS  # noqa: E402
from topology import Production  # noqa: E402

# As a database is run that has to keep what it was given.
POSTGRES_SETTINGS = ["shared_buffers=256MB", "wal_level=replica", "max_wal_size=2GB"]


def make_folder(path):
    """A new folder: what an earlier run left is never touched."""
    if path is None:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="zerotrace-production-", dir="/tmp"))
    else:
        folder = path.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            sys.exit(f"{folder} is not empty: name another folder, or remove it")
    # PostgreSQL's own user has to get through to its part, and needs to list nothing.
    folder.chmod(0o711)
    return folder


def show(place, credentials):
    rows = [("dashboard and API", place.url), ("trusted by", place.nginx.certificate), ("companies, users, tokens", credentials)]
    rows += [(role.name, role.url) for role in place.roles]
    rows += [
        ("PostgreSQL, primary", f"127.0.0.1:{place.postgres.port}"), ("PostgreSQL, standby", f"127.0.0.1:{place.standby.port}"),
        ("Redis", f"127.0.0.1:{place.redis.port}"), ("memcached", f"127.0.0.1:{place.memcached.port}"),
        ("Prometheus", place.prometheus.url), ("logs", place.folder),
    ]
    for name, value in rows:
        print(f"  {name:26}{value}", flush=True)


def load_test(place, credentials, words):
    command = [
        PROGRAMS / "zerotrace", "loadtest", "--server", place.url, "--ca", place.nginx.certificate, "--companies", credentials,
        "--index", place.data / "index" / "current", *shlex.split(words),
    ]
    return subprocess.run(command, check=False).returncode


def wait_for_the_end(place):
    """Until somebody says so, or a process ends by itself."""
    print("\nCtrl-C stops everything.", flush=True)
    while True:
        for role in place.roles:
            role.check()
        threading.Event().wait(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, help="kept in the end, without the database; default: a temporary one")
    parser.add_argument("--feeds", type=pathlib.Path, help="mirror of the feeds; default: records that were made up")
    parser.add_argument("--companies", type=int, default=4)
    parser.add_argument("--heartbeat", type=int, default=30, help="seconds between two of one agent")
    parser.add_argument("--loadtest", metavar="OPTIONS", help="run `zerotrace loadtest` with these, and end with its status")
    arguments = parser.parse_args()
    if not data_servers.AVAILABLE or not front_servers.AVAILABLE:
        sys.exit("PostgreSQL, Redis, memcached, nginx, Prometheus or openssl is missing: Scripts/install-packages.sh production")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # Each connection is an open file; what is started here inherits this.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = make_folder(arguments.folder)
    place = None
    print("starting databases, servers and proxy; some fifteen seconds", flush=True)
    try:
        place = Production(
            folder, heartbeat=arguments.heartbeat, scrape="5s", drain=3, password=secrets.token_urlsafe(18), parent=folder,
            settings=POSTGRES_SETTINGS)
        credentials = place.set_up(arguments.companies, arguments.feeds)
        place.start()
        show(place, credentials)
        if arguments.loadtest is not None:
            return load_test(place, credentials, arguments.loadtest)
        wait_for_the_end(place)
    except KeyboardInterrupt:
        print("\nstopping", flush=True)
        return 0
    finally:
        # Who presses it twice would else leave half of it running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if place:
            place.stop()
        if arguments.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
