"""PostgreSQL, Redis and memcached of Debian, each on a free loopback port in a temporary folder."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from installation import free_port, wait_for

PASSWORD = "only for this test"


def postgres_programs():
    """Debian keeps its versions side by side and none of them in the path."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    return versions[-1] if versions else pathlib.Path(found).parent if found else None


AVAILABLE = all([postgres_programs(), shutil.which("redis-server"), shutil.which("memcached")])


class Postgres:
    def __init__(self):
        # Short, and where the user `postgres` may go: the server refuses to run as root.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zt-e2e-", dir="/tmp"))
        self.programs = postgres_programs()
        self.port = free_port()
        self.password_file = self.folder / "password"
        self.password_file.write_text(PASSWORD + "\n")
        self.prefix = []
        if os.geteuid() == 0:
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"]
            for path in [self.folder, self.password_file]:
                shutil.chown(path, "postgres", "postgres")
        self.call("initdb", "-D", self.folder / "data", "-A", "scram-sha-256", "-U", "owner", "--pwfile", self.password_file,
                  "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.process = None
        self.start()
        self.statement("create database zerotrace", database="postgres")

    def call(self, program, *arguments):
        subprocess.run([*self.prefix, self.programs / program, *arguments], check=True, capture_output=True, cwd="/")

    def start(self):
        command = [*self.prefix, self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-p", str(self.port),
                   "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        wait_for(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL to answer")

    def statement(self, sql, database="zerotrace"):
        """Runs SQL as the owner and returns what it printed."""
        command = [self.programs / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "owner", "-d", database, "-Atqc", sql]
        result = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": PASSWORD}, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None
        self.start()

    def start(self):
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--requirepass", PASSWORD, "--save", "",
                   "--appendonly", "no", "--dir", str(self.folder)]
        with open(self.folder / "redis.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(lambda: self.command("ping") == "PONG", "Redis to answer")

    def command(self, *words):
        command = ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), "--no-auth-warning", *words]
        result = subprocess.run(
            command, env={**os.environ, "REDISCLI_AUTH": PASSWORD}, check=False, capture_output=True, text=True)
        return result.stdout.strip()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Memcached:
    def __init__(self):
        self.port = free_port()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(["memcached", "-l", "127.0.0.1", "-p", str(self.port), "-u", "nobody", "-m", "16"])

    def stop(self):
        self.process.kill()
        self.process.wait()
