"""The production topology with everything around it that can go wrong, somebody who watches the live streams, and somebody who asks all the time."""
import atexit
import contextlib
import gzip
import json
import os
import pathlib
import signal
import subprocess
import threading
import time

from agent_protocol import ProtocolAgent
from data_servers import Postgres, Standby
from installation import PROGRAMS, free_port, many_records, wait_for, write_mirror
from relay import Relay
from topology import Production
from websockets.sync.client import connect

# Kept small, so that a full disk is noticed in seconds: PostgreSQL wants a new file of 1 MiB for its log all the time.
POSTGRES_SETTINGS = ["shared_buffers=64MB", "wal_level=replica", "min_wal_size=2MB", "max_wal_size=64MB", "wal_recycle=off", "max_slot_wal_keep_size=256MB"]
DISK_BYTES = 768 << 20


class SmallLogPostgres(Postgres):
    initdb_options = ["--wal-segsize=1"]


def build_skewed_clock(folder):
    """A library that shows a process a wrong time; `None` where there is no compiler, or where the C library is another one."""
    library = folder / "skewed_clock.so"
    command = ["cc", "-O2", "-shared", "-fPIC", "-o", library, pathlib.Path(__file__).with_name("skewed_clock.c"), "-ldl"]
    try:
        return library if subprocess.run(command, check=False, capture_output=True).returncode == 0 else None
    except OSError:
        return None


class Disk:
    """A file system of its own that can be filled; a plain folder where mounting is not allowed."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(mode=0o711)
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=711", "tmpfs", folder]
        self.is_own = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
        # Whatever happens in between.
        atexit.register(self.remove)

    def fill(self):
        with open(self.folder / "filler", "wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in [1 << 20, 4096]:
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def empty(self):
        (self.folder / "filler").unlink(missing_ok=True)

    def remove(self):
        if self.is_own:
            subprocess.run(["umount", "-l", self.folder], check=False, capture_output=True)
            self.is_own = False


class Lab(Production):
    """Two PostgreSQL servers that may change places, on disks that may fill up; relays before enrichment and nginx; clocks that may be wrong."""

    def __init__(self, folder, **arguments):
        self.disks = [Disk(folder / name) for name in ["disk-1", "disk-2", "disk-data"]]
        self.database_port = free_port()
        super().__init__(folder, heartbeat=5, scrape="5s", drain=3, settings=POSTGRES_SETTINGS, **arguments)
        self.data = self.disks[2].folder / "data"
        self.front = Relay(free_port(), self.nginx.port)
        passwords = folder / "database-password"
        passwords.touch(mode=0o600)
        passwords.write_text(self.postgres.password)
        self.variables |= {
            # Both in both lists, so that they are right after a change of places, too.
            "DB_HOST": "127.0.0.1,127.0.0.2", "DB_REPLICAS": ",".join(f"{address}:{self.database_port}" for address in ["127.0.0.1", "127.0.0.2"]),
            "DB_PASSWORD_FILE": str(passwords),
            # The prober asks more often than agents do.
            "API_AGENT_RATE_LIMIT": "6000",
        }
        self.skewed_clock = build_skewed_clock(folder)
        for role in self.roles:
            role.command[3] = self.data
            role.variables = self.clock(role.name)
        self.is_changed = False
        # Names of roles that no fault kills.
        self.spared = set()
        # What a fault leaves to be done once everything works again.
        self.after = None
        self.prober = None

    def make_postgres(self, password, parent, settings):
        return SmallLogPostgres(password, self.disks[0].folder, settings, address="127.0.0.1", port=self.database_port)

    def make_standby(self):
        standby = Standby(self.postgres, parent=self.disks[1].folder, address="127.0.0.2", port=self.database_port)
        self.wait_for_both(True)
        return standby

    def enrichment_urls(self):
        self.relays = [Relay(free_port(), role.port) for role in self.enrichment]
        return [f"http://127.0.0.1:{relay.port}" for relay in self.relays]

    def stop(self):
        super().stop()
        for disk in self.disks:
            disk.remove()

    # Clocks

    def clock(self, name):
        """Environment of a process whose clock follows a file."""
        if self.skewed_clock is None:
            return {}
        self.set_clock(name, 0)
        return {"LD_PRELOAD": str(self.skewed_clock), "SKEWED_CLOCK": str(self.folder / f"clock-{name}")}

    def set_clock(self, name, seconds):
        path = self.folder / f"clock-{name}"
        # In place: who shows that time has mapped the file.
        with open(path, "r+b" if path.exists() else "wb", buffering=0) as file:
            file.write(seconds.to_bytes(8, "little", signed=True))

    # Database

    def wait_for_both(self, are_synchronous):
        """Until the standby follows; a commit waits for it then, so that nothing that was acknowledged dies with the primary."""
        streaming = "select count(*) from pg_stat_replication where state = 'streaming'"
        wait_for(lambda: self.postgres.statement(streaming, "postgres") == "1", "the standby to follow")
        self.set_synchronous(are_synchronous)

    def set_synchronous(self, is_on):
        self.postgres.statement(f"alter system set synchronous_standby_names = '{'*' if is_on else ''}'", "postgres")
        self.postgres.statement("select pg_reload_conf()", "postgres")

    def fail_over(self):
        """What a tool that watches the database does: the standby becomes the primary, the old one is gone."""
        self.postgres.process.kill()
        self.postgres.process.wait()
        old, self.postgres = self.postgres, self.standby
        self.postgres.statement("select pg_promote()", "postgres")
        self.set_synchronous(False)
        return old

    def rebuild(self, old):
        """The lost server comes back as a standby of the other."""
        old.stop()
        self.standby = Standby(self.postgres, parent=old.folder.parent, address=old.address, port=old.port)
        self.wait_for_both(True)

    def is_database_up(self):
        try:
            return self.postgres.statement("select 1", "postgres") == "1"
        except subprocess.CalledProcessError:
            return False

    def restart_database(self):
        """What a supervisor does with a server that ended, or did not come out of its recovery."""
        if self.postgres.process.poll() is None:
            with contextlib.suppress(AssertionError):
                wait_for(self.is_database_up, "PostgreSQL to recover", 10)
                return
            self.postgres.process.send_signal(signal.SIGQUIT)
        self.postgres.process.wait()
        (self.postgres.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self.postgres.start()

    # Advisories

    def try_sync(self):
        """What a sync complains of; nothing when it says that all was done."""
        self.is_changed = not self.is_changed
        self.write_advisories()
        command = [PROGRAMS / "zerotrace", "feeds", "sync", "--mirror", self.mirror, "--no-apt", "--data", self.data]
        result = subprocess.run(command, check=False, capture_output=True, text=True, env=self.environment)
        self.is_changed = not self.is_changed
        return result.stderr if result.returncode != 0 else ""

    def sync_changed(self, is_changed):
        """Other fixed versions than before, or the first ones again."""
        self.is_changed = is_changed
        self.write_advisories()
        self.run("feeds", "sync", "--mirror", self.mirror, "--no-apt")

    def write_advisories(self):
        tracker, pypi = many_records()
        if self.is_changed:
            for cves in list(tracker.values())[::3]:
                for cve in cves.values():
                    cve["releases"]["bookworm"]["fixed_version"] = "9.9.9-1"
        write_mirror(self.mirror, tracker, pypi)

    def failing(self):
        """Names of what the gateways call down; `None` where one does not answer."""
        names = set()
        for gateway in self.gateways:
            try:
                answer = self.at(gateway).request("GET", "/-/ready")
                names |= {check["name"] for check in answer.json["checks"] if not check["passing"]}
            except (OSError, ValueError):
                names.add(gateway.name)
        return names


class Witness(threading.Thread):
    """Watches the live stream of one company from its first event on; goes on where it was when the connection ends."""

    def __init__(self, place, person):
        super().__init__(daemon=True)
        self.place, self.person = place, person
        self.ids, self.doubled, self.reconnects = [], [], 0
        # Agent → time at which its newest inventory showed, and how many did.
        self.shown = {}
        self.is_over = threading.Event()

    def run(self):
        token, made = None, 0
        while not self.is_over.is_set():
            try:
                if token is None or time.monotonic() - made > 240:
                    token, made = self.place.sign_in(self.person["email"], self.person["password"]), time.monotonic()
                self.watch(token)
            except Exception:  # noqa: BLE001 — whatever it was, the next connection goes on.
                token = None
            self.reconnects += 1
            time.sleep(0.3)

    def watch(self, token):
        url = f"https://127.0.0.1:{self.place.front.port}"
        with connect(url.replace("https", "wss") + "/v1/stream", origin=url, ssl=self.place.tls, open_timeout=10) as socket:
            socket.send(json.dumps({"type": "subscribe", "access_token": token, "after": self.ids[-1] if self.ids else 0}))
            while not self.is_over.is_set():
                try:
                    message = json.loads(socket.recv(timeout=0.5))
                except TimeoutError:
                    continue
                if message["type"] == "error":
                    raise ConnectionError(message["code"])
                if message["type"] == "event":
                    self.take(message["event"])

    def take(self, event):
        if self.ids and event["id"] <= self.ids[-1]:
            self.doubled.append(event["id"])
            return
        self.ids.append(event["id"])
        if event["type"] == "inventory_applied":
            agent = event["data"]["agent_id"]
            self.shown[agent] = self.shown.get(agent, 0) + 1

    def end(self):
        self.is_over.set()
        self.join()


class Canary:
    """An agent that changes when asked, and tells how long until that shows."""

    def __init__(self, place, person, witness):
        self.agent = ProtocolAgent(place)
        self.witness = witness
        assert self.agent.enroll(person["token"]).status == 201
        self.number = 0

    def change(self):
        self.number += 1
        return self.agent.put_inventory(gzip.compress(f"pkg:pypi/canary@{self.number}\npkg:pypi/sample-1@1.{self.number}\n".encode())).status

    def wait_until_shown(self, patience):
        """Seconds until a change made from now on is on the stream; `None` when patience ran out."""
        started = time.monotonic()
        before = self.witness.shown.get(self.agent.agent_id, 0)
        is_sent = False
        while time.monotonic() - started < patience:
            if not is_sent:
                with contextlib.suppress(OSError, ValueError, AssertionError):
                    is_sent = 200 <= self.change() < 300
            if is_sent and self.witness.shown.get(self.agent.agent_id, 0) > before:
                return time.monotonic() - started
            time.sleep(0.05)
        return None


class Prober(threading.Thread):
    """A person and an agent that ask all the time through nginx; counts what was not answered."""

    def __init__(self, place, person):
        super().__init__(daemon=True)
        self.place, self.person = place, person
        self.agent = ProtocolAgent(place)
        assert self.agent.enroll(person["token"]).status == 201
        self.token, self.until = None, 0
        self.answered, self.failed = 0, []
        self.is_over = threading.Event()

    def run(self):
        turn = 0
        while not self.is_over.is_set():
            turn += 1
            try:
                answer = self.agent.heartbeat() if turn % 2 else self.ask()
                if answer.status < 400:
                    self.answered += 1
                else:
                    self.failed.append(f"{'heartbeat' if turn % 2 else 'overview'}: {answer.status} {answer.body[:120]}")
            except (OSError, ValueError, AssertionError) as error:
                self.failed.append(f"{'heartbeat' if turn % 2 else 'overview'}: {error!r}")
            time.sleep(0.1)

    def ask(self):
        if time.monotonic() > self.until:
            self.token, self.until = self.place.sign_in(self.person["email"], self.person["password"]), time.monotonic() + 240
        answer = self.place.request("GET", "/v1/overview", token=self.token)
        if answer.status == 401:
            # Not at once and again: who signs in all the time is held off.
            self.until = min(self.until, time.monotonic() + 5)
        return answer

    def end(self):
        self.is_over.set()
        self.join()
