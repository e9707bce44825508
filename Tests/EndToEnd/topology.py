"""An installation of many processes: gateways, processors and enrichment side by side on shared parts."""
import copy
import signal
import subprocess

from data_servers import PASSWORD, Memcached, Postgres, Redis
from installation import PROGRAMS, Installation, free_port, wait_for


class Role:
    """One process of a role, which may be killed and started again on the same port."""

    def __init__(self, topology, role, name, *arguments, port=None):
        self.topology = topology
        self.name = name
        self.port = port
        self.command = [PROGRAMS / "zerotrace", role, "--data", topology.data, *arguments]
        if port:
            self.command += ["--port", str(port)]
        self.log = topology.folder / f"{name}.log"
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.topology.environment)

    def kill(self):
        """SIGKILL: no chance to tidy up."""
        self.process.kill()
        self.process.wait()

    def end(self):
        """SIGTERM; answers the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def check(self):
        assert self.process.poll() is None, f"{self.name} ended: " + self.log.read_text()[-3000:]


class Topology(Installation):
    """Two of each role on PostgreSQL, Redis and memcached. Requests go to the first gateway."""

    def __init__(self, folder, drain=0):
        super().__init__(folder)
        self.postgres = Postgres()
        self.redis = Redis(folder)
        self.memcached = Memcached()
        self.enrichment = [Role(self, "enrichment", f"enrichment-{n}", port=free_port()) for n in (1, 2)]
        self.processors = [Role(self, "processor", f"processor-{n}") for n in (1, 2)]
        self.gateways = [
            Role(self, "gateway", f"gateway-{n}", "--heartbeat", "2", "--drain", str(drain), port=free_port())
            for n in (1, 2)
        ]
        self.url = self.gateways[0].url
        self.variables = {
            "DB_HOST": "127.0.0.1", "DB_PORT": str(self.postgres.port), "DB_USER": "owner",
            "DB_PASSWORD_FILE": str(self.postgres.password_file),
            "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(self.redis.port), "REDIS_PASSWORD": PASSWORD,
            "MEMCACHED_HOST": "127.0.0.1", "MEMCACHED_PORT": str(self.memcached.port),
            "ENRICHMENT_URL": ",".join(role.url for role in self.enrichment),
        }

    @property
    def roles(self):
        return [*self.enrichment, *self.processors, *self.gateways]

    def at(self, gateway):
        """The same installation, asked through another gateway."""
        other = copy.copy(self)
        other.url = gateway.url
        return other

    def start(self):
        for role in self.roles:
            role.start()
        for gateway in self.gateways:
            self.wait_until_ready(gateway)

    def wait_until_ready(self, gateway):
        def is_ready():
            gateway.check()
            try:
                return self.at(gateway).request("GET", "/-/ready").status == 200
            except OSError:
                return False

        wait_for(is_ready, f"{gateway.name} to be ready")

    def stop(self):
        for role in reversed(self.roles):
            if role.process and role.process.poll() is None:
                role.process.send_signal(signal.SIGTERM)
        for role in reversed(self.roles):
            if role.process:
                role.process.wait(timeout=60)
        super().stop()
        for server in [self.memcached, self.redis, self.postgres]:
            server.stop()
