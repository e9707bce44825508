"""The production topology as `make production` starts it, with simulated agents against it."""
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import threading
import time

import data_servers
import front_servers
import pytest
from installation import PROGRAMS, ROOT, many_records, wait_for, write_mirror
from topology import Production
from websockets.sync.client import connect

pytestmark = pytest.mark.skipif(
    not data_servers.AVAILABLE or not front_servers.AVAILABLE,
    reason="PostgreSQL, Redis, memcached, nginx, Prometheus or openssl is not installed")

COMPANIES = 4


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The whole, once for all tests of this file: nothing in them changes what another one looks at."""
    folder = tmp_path_factory.mktemp("production")
    place = Production(folder)
    try:
        place.companies = place.set_up(COMPANIES)
        place.people = json.loads(place.companies.read_text())
        place.start()
        yield place
    finally:
        place.stop()


def load_test(place, index, *options):
    command = [
        PROGRAMS / "zerotrace", "loadtest", "--server", place.url, "--ca", place.nginx.certificate, "--companies", place.companies,
        "--index", index, "--format", "json", "--packages", "60", *options,
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert result.stdout, result.stderr
    print(result.stdout)
    return result.returncode, json.loads(result.stdout), result.stderr


def test_forty_agents_are_answered_right(production):
    index = production.data / "index" / "current"
    options = ["--agents", "40", "--duration", "6", "--arrivals", "2", "--changes-per-second", "4", "--verify", "8"]
    status, report, error = load_test(production, index, *options)
    assert (status, report["failures"], report["wrong"]) == (0, {"count": 0, "examples": []}, {"count": 0, "examples": []})
    assert error == "", "nobody looks, nothing is shown"
    assert (report["agents"], report["companies"], report["unfinished"]) == (40, COMPANIES, 0)
    assert len(set(report["digests"].values())) == 40, "every agent has an inventory of its own"
    requests, seen = report["requests"], report["seen"]
    assert requests["enroll"]["count"] == requests["full"]["count"] == seen["first_inventory_seen"]["count"] == 40
    assert requests["delta"]["count"] == seen["change_seen"]["count"] > 10
    assert requests["heartbeat"]["count"] >= 80
    for row in [*requests.values(), *seen.values()]:
        times = row["milliseconds"]
        assert 0 < times["p50"] <= times["p95"] <= times["p99"] <= times["max"]
    assert (report["compared"]["agents_in_sync"], report["compared"]["agents"]) == (40, 8)
    assert report["compared"]["findings"] > 20
    # Each enrollment and each inventory is one event, and there are no others.
    assert report["events"] == 40 + 40 + requests["delta"]["count"]
    agents = [
        agent for person in production.people
        for agent in production.items("/v1/agents?limit=500", production.sign_in(person["email"], person["password"]))
    ]
    assert {agent["id"] for agent in agents} >= set(report["digests"])
    assert production.run("verify") == "no difference"


def test_a_wrong_answer_is_told_and_fails_the_test(production, tmp_path):
    """What is compared with is falsified instead of the server: an index with one vulnerability more in every source."""
    tracker, pypi = many_records()
    for cves in tracker.values():
        cves["CVE-2099-1"] = {
            "description": "", "scope": "remote",
            "releases": {"bookworm": {"status": "resolved", "fixed_version": "9.9.9-1", "urgency": "not yet assigned"}},
        }
    write_mirror(tmp_path / "mirror", tracker, pypi)
    command = [PROGRAMS / "zerotrace", "feeds", "sync", "--mirror", tmp_path / "mirror", "--no-apt", "--data", tmp_path / "data"]
    subprocess.run(command, check=True, capture_output=True)
    status, report, _ = load_test(
        production, tmp_path / "data" / "index" / "current", "--agents", "4", "--duration", "1", "--arrivals", "0", "--verify", "4")
    assert status == 1
    assert report["failures"]["count"] == report["unfinished"] == 0
    assert "the server answers by index" in report["wrong"]["examples"][0]
    assert [example for example in report["wrong"]["examples"] if ": findings: " in example], report["wrong"]


def test_a_request_that_fails_fails_the_test(production, tmp_path):
    companies = tmp_path / "companies.json"
    companies.touch(mode=0o600)
    companies.write_text(json.dumps([{"token": production.token("Company 1", uses=1)}]))
    index = production.data / "index" / "current"
    status, report, _ = load_test(
        production, index, "--companies", companies, "--agents", "2", "--duration", "1", "--arrivals", "0")
    assert (status, report["unfinished"], report["requests"]["enroll"]["failed"]) == (1, 1, 1)
    assert "enrollment_token_used_up" in report["failures"]["examples"][0]


def test_the_proxy_passes_what_it_should_and_nothing_else(production):
    assert production.nginx.check() == ""
    assert production.request("GET", "/-/proxy").status == 204
    for path in ["/metrics", "/-/ready", "/-/healthy"]:
        answer = production.request("GET", path)
        assert (answer.status, answer.code) == (404, "not_found")
        # As a gateway's answers have them; how long they may be kept is each answer's own.
        gateway = production.request("GET", "/v1/nothing").headers
        strict = ["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
                  "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security", "Content-Type"]
        assert {name: answer.headers[name] for name in strict} == {name: gateway[name] for name in strict}
        assert production.at(production.gateways[0]).request("GET", path).status == 200
    person = production.people[0]
    answer = production.request("POST", "/v1/auth/login", {"email": person["email"], "password": person["password"]})
    assert "Secure" in answer.headers["Set-Cookie"]
    token = answer.json["access_token"]
    # Connections to the gateways are kept; the stream must not get one of those.
    for _ in range(4):
        assert production.request("GET", "/v1/me", token=token).status == 200
        address = production.url.replace("https", "wss") + "/v1/stream"
        trust = ssl.create_default_context(cafile=production.nginx.certificate)
        with connect(address, origin=production.url, ssl=trust) as socket:
            socket.send(json.dumps({"type": "subscribe", "access_token": token}))
            assert json.loads(socket.recv())["type"] == "subscribed"


def test_the_standby_follows_and_prometheus_sees_all_roles(production):
    primary = production.postgres.statement("select count(*) from pg_stat_replication where state = 'streaming'")
    assert primary == "1"
    targets = production.prometheus.targets()
    assert sorted(targets) == sorted(f"127.0.0.1:{role.port}" for role in production.roles)
    assert set(targets.values()) == {"up"}


def test_every_role_is_exchanged_under_load_and_no_request_fails(production):
    """Nobody tells nginx: it finds out by itself which gateway takes no connections, and leaves it alone for two seconds. So long the other one stays."""
    index = production.data / "index" / "current"
    reports = []
    options = ["--agents", "60", "--duration", "30", "--arrivals", "3", "--changes-per-second", "6", "--heartbeat", "1", "--verify", "4", "--seed", "9"]
    load = threading.Thread(target=lambda: reports.append(load_test(production, index, *options)))
    load.start()
    time.sleep(4)
    for role in production.roles:
        assert role.end() == 0
        role.start()
        wait_for(lambda role=role: production.is_used(role), f"{role.name} to be used again")
    load.join()
    _, report, _ = reports[0]
    assert {kind: row["failed"] for kind, row in report["requests"].items() if row["failed"]} == {}, report["failures"]
    # Streams end with their gateway, and go on where they were.
    assert (report["wrong"]["count"], report["unfinished"]) == (0, 0), report["wrong"]
    assert report["requests"]["heartbeat"]["count"] > 500
    assert production.run("verify") == "no difference"


def test_secrets_are_in_files_that_others_cannot_read(production):
    for path in [production.nginx.folder / "nginx.key", production.companies, production.redis.configuration, production.postgres.password_file]:
        assert pathlib.Path(path).stat().st_mode & 0o077 == 0


def processes_of(folder):
    """The command lines that name a folder."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def test_control_c_ends_everything_that_the_script_started():
    """As a terminal sends it: to the whole group, and again by somebody who does not want to wait."""
    script = subprocess.Popen(
        [sys.executable, ROOT / "Scripts" / "production.py", "--companies", "1"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, env={**os.environ, "ZEROTRACE_PROGRAMS": str(PROGRAMS)})
    try:
        shown = {}
        for line in script.stdout:
            name, _, value = line.strip().rpartition("  ")
            shown[name.strip()] = value
            if line.startswith("Ctrl-C"):
                break
        folder = pathlib.Path(shown["logs"])
        assert folder.exists() and len(processes_of(folder)) >= 6
        for _ in range(2):
            os.killpg(script.pid, signal.SIGINT)
            time.sleep(0.3)
        rest, _ = script.communicate(timeout=60)
        assert (script.returncode, rest.split()) == (0, ["stopping"])
        assert processes_of(folder) == []
        assert not folder.exists()
    finally:
        if script.poll() is None:
            script.terminate()
            script.wait(timeout=60)
