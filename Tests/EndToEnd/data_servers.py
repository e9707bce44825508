"""PostgreSQL, Redis and memcached of Debian, each on a free loopback port in a temporary folder."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from installation import free_port, spawn, wait_for

PASSWORD = "only for this test"


def postgres_programs():
    """Debian keeps its versions side by side and none of them in the path."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    return versions[-1] if versions else pathlib.Path(found).parent if found else None


AVAILABLE = all([postgres_programs(), shutil.which("redis-server"), shutil.which("memcached")])


class PostgresServer:
    """A server on a data folder that somebody made. As root it runs as the user `postgres`: it refuses to run as root."""

    def __init__(self, password, parent, settings, address="127.0.0.1", port=None):
        # Short, and where the user `postgres` may go.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zt-e2e-", dir=parent or "/tmp"))
        self.programs = postgres_programs()
        self.address = address
        self.port = port or free_port()
        self.password = password
        self.settings = settings
        self.prefix = []
        self.process = None
        if os.geteuid() == 0:
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env"]
            shutil.chown(self.folder, "postgres", "postgres")

    def write_secret(self, name, text):
        """A file that the server's user alone may read."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        if self.prefix:
            shutil.chown(path, "postgres", "postgres")
        return path

    def call(self, program, *arguments):
        subprocess.run([*self.prefix, self.programs / program, *arguments], check=True, capture_output=True, cwd="/")

    def start(self):
        command = [*self.prefix, self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-p", str(self.port),
                   "-c", f"listen_addresses={self.address}", "-c", "max_connections=200"]
        for setting in self.settings:
            command += ["-c", setting]
        self.process = spawn(command, self.folder / "log", cwd="/")
        ready = [self.programs / "pg_isready", "-q", "-h", self.address, "-p", str(self.port)]
        wait_for(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL to answer")

    def statement(self, sql, database="zerotrace"):
        """Runs SQL as the owner and returns what it printed."""
        command = [self.programs / "psql", "-h", self.address, "-p", str(self.port), "-U", "owner", "-d", database, "-Atqc", sql]
        result = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": self.password}, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    def stop(self):
        if self.process:
            # Fast for a server that keeps its data; one that does not has nothing to tidy up.
            self.process.send_signal(signal.SIGQUIT if "fsync=off" in self.settings else signal.SIGINT)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


# Nothing here outlives the tests.
CARELESS = ["fsync=off"]


class Postgres(PostgresServer):
    """A new primary with an empty database, started."""

    initdb_options = ()

    def __init__(self, password=PASSWORD, parent=None, settings=CARELESS, **place):
        super().__init__(password, parent, settings, **place)
        self.password_file = self.write_secret("password", password)
        self.call("initdb", "-D", self.folder / "data", "-A", "scram-sha-256", "-U", "owner", "--pwfile", self.password_file,
                  "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", *self.initdb_options)
        self.start()
        self.statement("create database zerotrace", database="postgres")


class Standby(PostgresServer):
    """A streaming replica of a primary, started."""

    def __init__(self, primary, parent=None, **place):
        super().__init__(primary.password, parent, primary.settings, **place)
        passwords = self.write_secret("pgpass", f"*:*:*:*:{primary.password}")
        self.call("pg_basebackup", "-D", self.folder / "data", "-R", "-X", "stream", "-c", "fast", "-C", "-S", "standby", "--no-sync",
                  "-d", f"host={primary.address} port={primary.port} user=owner passfile={passwords}")
        self.start()


class Redis:
    def __init__(self, folder, password=PASSWORD):
        self.folder = folder
        self.port = free_port()
        self.password = password
        self.process = None
        # Not on the command line, which everybody can read.
        self.configuration = folder / "redis.conf"
        self.configuration.touch(mode=0o600)
        self.configuration.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass "{password}"\nsave ""\nappendonly no\ndir "{folder}"\n')
        self.start()

    def start(self):
        self.process = spawn(["redis-server", self.configuration], self.folder / "redis.log")
        wait_for(lambda: self.command("ping") == "PONG", "Redis to answer")

    def command(self, *words):
        command = ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), "--no-auth-warning", *words]
        result = subprocess.run(
            command, env={**os.environ, "REDISCLI_AUTH": self.password}, check=False, capture_output=True, text=True)
        return result.stdout.strip()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Memcached:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None
        self.start()

    def start(self):
        command = ["memcached", "-l", "127.0.0.1", "-p", str(self.port), "-u", "nobody", "-m", "16"]
        self.process = spawn(command, self.folder / "memcached.log")

    def stop(self):
        self.process.kill()
        self.process.wait()
