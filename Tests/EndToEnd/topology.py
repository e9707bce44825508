"""An installation of many processes: gateways, processors and enrichment side by side on shared parts. `make production` starts the same."""
import concurrent.futures
import copy
import json
import secrets
import signal
import ssl

from data_servers import CARELESS, PASSWORD, Memcached, Postgres, Redis, Standby
from front_servers import Nginx, Prometheus
from installation import PROGRAMS, ROOT, Installation, free_port, many_records, spawn, wait_for, write_mirror


class Role:
    """One process of a role, which may be killed and started again on the same port."""

    def __init__(self, topology, role, number, *arguments):
        self.topology = topology
        self.name = f"{role}-{number}"
        self.port = free_port()
        listening = ["--listen", f"127.0.0.1:{self.port}"] if role == "processor" else ["--port", str(self.port)]
        self.command = [PROGRAMS / "zerotrace", role, "--data", topology.data, *arguments, *listening]
        self.log = topology.folder / f"{self.name}.log"
        self.process = None
        # What this one finds in its environment besides.
        self.variables = {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = spawn(self.command, self.log, env={**self.topology.environment, **self.variables})

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

    # What the gateways are told besides.
    gateway_arguments = ["--heartbeat", "2"]

    def __init__(self, folder, drain=0, password=PASSWORD, parent=None, settings=CARELESS):
        super().__init__(folder)
        self.postgres = self.make_postgres(password, parent, settings)
        self.redis = Redis(folder, password)
        self.memcached = Memcached(folder)
        self.enrichment = [Role(self, "enrichment", n) for n in (1, 2)]
        self.processors = [Role(self, "processor", n) for n in (1, 2)]
        self.gateways = [
            Role(self, "gateway", n, "--drain", str(drain), *self.gateway_arguments) for n in (1, 2)
        ]
        self.url = self.gateways[0].url
        self.variables = {
            "DB_HOST": "127.0.0.1", "DB_PORT": str(self.postgres.port), "DB_USER": "owner",
            "DB_PASSWORD_FILE": str(self.postgres.password_file),
            "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(self.redis.port), "REDIS_PASSWORD": password,
            "MEMCACHED_HOST": "127.0.0.1", "MEMCACHED_PORT": str(self.memcached.port),
            "ENRICHMENT_URL": ",".join(self.enrichment_urls()),
        }

    def make_postgres(self, password, parent, settings):
        return Postgres(password, parent, settings)

    def enrichment_urls(self):
        return [role.url for role in self.enrichment]

    @property
    def roles(self):
        return [*self.enrichment, *self.processors, *self.gateways]

    def at(self, gateway):
        """The same installation, asked through another gateway."""
        other = copy.copy(self)
        (other.url, other.tls) = (gateway.url, None)
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


class Production(Topology):
    """The same with what an installation has around it: nginx in front, a standby of the database, Prometheus. Requests go to nginx."""

    def __init__(self, folder, heartbeat=2, scrape="1s", **arguments):
        dashboard = ROOT / "Dashboard" / "dist"
        self.gateway_arguments = [
            "--heartbeat", str(heartbeat), "--behind-tls", "--trust-proxy", *(["--dashboard", dashboard] if dashboard.exists() else []),
        ]
        super().__init__(folder, **arguments)
        self.standby = None
        self.nginx = Nginx(folder, self.gateways)
        self.prometheus = Prometheus(folder, self.gateways, self.processors, self.enrichment, scrape)
        self.url = self.nginx.url
        self.tls = ssl.create_default_context(cafile=self.nginx.certificate)

    def set_up(self, companies, feeds=None):
        """Database, advisories, and companies with a user and a token each; answers the file that says who they are, as the load test wants it."""
        self.run("migrate")
        if feeds is None:
            write_mirror(self.mirror, *many_records())
        self.run("feeds", "sync", "--mirror", feeds or self.mirror, "--no-apt")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            people = list(pool.map(self.make_company, range(1, companies + 1)))
        file = self.folder / "credentials.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(people, indent=2) + "\n")
        return file

    def make_company(self, number):
        company, email, password = f"Company {number}", f"person{number}@example.com", secrets.token_urlsafe(15)
        self.company(company)
        self.user(company, email, password)
        return {"company": company, "email": email, "password": password, "token": self.token(company, uses=1_000_000)}

    def start(self):
        self.standby = self.make_standby()
        self.variables.setdefault("DB_REPLICAS", f"{self.standby.address}:{self.standby.port}")
        super().start()
        self.nginx.start()
        wait_for(self.is_ready, "nginx to pass requests on")
        self.prometheus.start()
        self.prometheus.wait_for_targets()

    def make_standby(self):
        return Standby(self.postgres, parent=self.postgres.folder.parent)

    def is_ready(self):
        try:
            return self.request("GET", "/v1/me").status == 401
        except OSError:
            return False

    def is_used(self, role):
        """Whether a role is ready, and a gateway has got requests of agents from nginx."""
        role.check()
        path = "/readyz" if role in self.enrichment else "/-/ready"
        try:
            place = self.at(role)
            if place.request("GET", path).status != 200:
                return False
            return role not in self.gateways or place.answered("/v1/agent/heartbeat") > 0
        except OSError:
            return False

    def answered(self, route):
        """How many requests of a route the asked process says that it has answered."""
        lines = self.request("GET", "/metrics").body.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("http_requests_total{") and f'route="{route}"' in line)

    def stop(self):
        self.prometheus.stop()
        self.nginx.stop()
        # Nobody reads from it that could not do without.
        if self.standby:
            self.standby.stop()
        super().stop()
