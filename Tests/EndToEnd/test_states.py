"""What happens to machines and servers in years: each ends in the right state, with nothing lost."""
import datetime
import json
import os
import resource
import shutil
import sqlite3
import subprocess

import pytest
from fault_lab import build_skewed_clock
from installation import PROGRAMS, wait_for
from test_main_path import EXPECTED, findings

DAY = 86_400
# With OpenSSL 3.0.13-1~deb12u1.
UPGRADED = {name: packages for name, packages in EXPECTED.items() if name not in ("CVE-2023-0464", "CVE-2024-0727")}


class Clock:
    """The wall clock of a process, which may be wrong and may be set."""

    def __init__(self, folder, name):
        self.library = build_skewed_clock(folder)
        if self.library is None:
            pytest.skip("no C compiler")
        self.path = folder / f"clock-{name}"
        self.path.write_bytes(bytes(8))

    def set(self, seconds):
        # In place: who shows that time has mapped the file.
        with open(self.path, "r+b", buffering=0) as file:
            file.write(seconds.to_bytes(8, "little", signed=True))

    @property
    def variables(self):
        return {"LD_PRELOAD": str(self.library), "SKEWED_CLOCK": str(self.path)}


def start(place, host, token=None, clock=None):
    """The real agent; without a token, as one whose token's file is gone."""
    environment = {**os.environ, **(clock.variables if clock else {})}
    environment.pop("ZEROTRACE_ENROLLMENT_TOKEN", None)
    if token:
        environment["ZEROTRACE_ENROLLMENT_TOKEN"] = token
    command = [PROGRAMS / "zerotrace-agent", "run", "--server", place.url, "--state", place.folder / "agent", "--root", host.folder, "--cpu-budget", "100"]
    with open(place.folder / "agent.log", "ab") as log:
        # Signals stay as Python has them: a write beyond a limit fails, and does not end the program.
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=log, restore_signals=False)
    place.children.append(child)
    return child


def end(agent):
    agent.terminate()
    agent.wait(timeout=30)


def status(place):
    result = subprocess.run(
        [PROGRAMS / "zerotrace-agent", "status", "--state", place.folder / "agent", "--format", "json"], capture_output=True, text=True, check=False)
    return json.loads(result.stdout)


def credential(place):
    return json.loads((place.folder / "agent" / "credential.json").read_text())


def agents(place):
    return place.items("/v1/agents", place.sign_in())


def wait_for_findings(place, expected=EXPECTED):
    token = place.sign_in()
    wait_for(lambda: findings(place, token) == expected, "the findings to be those of the machine")


def started(place, host, token, clock=None):
    """The same, once the server shows what the machine has."""
    agent = start(place, host, token, clock)
    wait_for_findings(place)
    return agent


def is_in_order(place, count=1):
    assert place.run("verify") == "no difference"
    assert len(agents(place)) == count


def test_thirty_days_offline(installation, host):
    """Tokens have run out, the key is due, the server was started anew meanwhile; what happened arrives, and the same agent goes on."""
    mine, theirs = Clock(installation.folder, "agent"), Clock(installation.folder, "server")
    agent = started(installation, host, installation.token("Acme"), mine)
    before = credential(installation)
    installation.server.terminate()
    installation.server.wait(timeout=30)
    for version in ("3.0.9-1", "3.0.13-1~deb12u1"):
        waiting = status(installation)["waiting_reports"]
        host.upgrade("openssl", version)
        wait_for(lambda: status(installation)["waiting_reports"] == waiting + 1, "the report to wait")
    mine.set(30 * DAY + 60)
    theirs.set(30 * DAY + 60)
    installation.variables = theirs.variables
    installation.start()
    wait_for_findings(installation, UPGRADED)
    wait_for(lambda: status(installation)["waiting_reports"] == 0, "nothing to wait any longer")

    wait_for(lambda: credential(installation)["key"] != before["key"], "the key that was due to be replaced")
    assert credential(installation)["agent_id"] == before["agent_id"]
    assert agent.poll() is None
    is_in_order(installation)


@pytest.mark.parametrize("years", [-2, 2])
def test_a_clock_that_is_two_years_off_and_then_set(installation, host, years):
    """The agent takes the server's time, and takes it again when its own clock is put right while it runs."""
    clock = Clock(installation.folder, "agent")
    clock.set(years * 365 * DAY)
    agent = started(installation, host, installation.token("Acme"), clock)
    off = datetime.datetime.fromisoformat(status(installation)["started_at"]) - datetime.datetime.now(datetime.timezone.utc)
    assert round(off.days / 365) == years, "it believed its clock"
    clock.set(0)
    host.upgrade("openssl", "3.0.13-1~deb12u1")
    wait_for_findings(installation, UPGRADED)
    assert agent.poll() is None
    is_in_order(installation)


def test_a_database_restored_from_before_a_change(installation, host):
    """The server holds less than it acknowledged: agents notice and send it again."""
    agent = started(installation, host, installation.token("Acme"))
    copy = installation.folder / "backup.sqlite"
    with sqlite3.connect(installation.data / "zerotrace.sqlite") as database, sqlite3.connect(copy) as backup:
        database.backup(backup)
    host.upgrade("openssl", "3.0.13-1~deb12u1")
    wait_for_findings(installation, UPGRADED)
    restore(installation, copy)
    wait_for_findings(installation, UPGRADED)
    assert agent.poll() is None
    is_in_order(installation)


def restore(place, copy):
    place.kill()
    for ending in ("-wal", "-shm"):
        (place.data / f"zerotrace.sqlite{ending}").unlink(missing_ok=True)
    shutil.copy(copy, place.data / "zerotrace.sqlite")
    place.start()


def test_a_credential_that_is_deleted(installation, host):
    """Without a token the agent says what it needs; with one it is enrolled anew, beside the agent that it was before."""
    token = installation.token("Acme")
    end(started(installation, host, token))
    (installation.folder / "agent" / "credential.json").unlink()
    lost = start(installation, host)
    assert lost.wait(timeout=60) == 1
    assert "no enrollment token is given" in (installation.folder / "agent.log").read_text()
    agent = start(installation, host, token)
    wait_for(lambda: len(agents(installation)) == 2, "the machine to be enrolled anew")
    wait_for(lambda: {item["inventory_state"] for item in agents(installation)} == {"current"}, "its inventory to count")
    assert agent.poll() is None
    is_in_order(installation, 2)


def fill_disk(agent):
    """No file of the process can grow any more, as where a disk is full; who may not mount one of his own can do this."""
    resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def empty_disk(agent):
    resource.prlimit(agent.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_a_disk_that_is_full(installation, host):
    """What changes is reported all the same, also what changed while the server was away. When there is room again, the agent writes again."""
    agent = started(installation, host, installation.token("Acme"))
    folder = installation.folder / "agent"
    fill_disk(agent)
    before = (folder / "acknowledged.gz").read_bytes(), (folder / "status.json").read_bytes()
    host.upgrade("openssl", "3.0.13-1~deb12u1")
    wait_for_findings(installation, UPGRADED)
    installation.server.terminate()
    installation.server.wait(timeout=30)
    host.packages["libssl3"] = host.packages["openssl"] = ("openssl", "3.0.8-1")
    host.write()
    installation.start()
    wait_for_findings(installation)
    assert agent.poll() is None
    assert before == ((folder / "acknowledged.gz").read_bytes(), (folder / "status.json").read_bytes()), "the disk was full"
    assert status(installation)["waiting_reports"] == 0

    empty_disk(agent)
    host.upgrade("openssl", "3.0.13-1~deb12u1")
    wait_for_findings(installation, UPGRADED)
    wait_for(lambda: (folder / "acknowledged.gz").read_bytes() != before[0], "the disk to be written to")
    assert not list(folder.glob("*.new")), "nothing is left of what could not be written"
    # What memory held and the disk did not: a start goes on as the same agent.
    end(agent)
    agent = start(installation, host)
    beats = status(installation)["last_heartbeat_at"]
    wait_for(lambda: status(installation)["last_heartbeat_at"] != beats, "the agent to go on")
    assert agent.poll() is None
    is_in_order(installation)
