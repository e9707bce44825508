"""nginx and Prometheus of Debian around the roles, on free loopback ports, with the files of Scripts/production."""
import json
import os
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request

from installation import ROOT, free_port, spawn, wait_for

TEMPLATES = ROOT / "Scripts" / "production"
# Debian keeps nginx where only root looks.
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
AVAILABLE = all([NGINX, shutil.which("prometheus"), shutil.which("openssl")])


def filled_in(template, path, **words):
    text = (TEMPLATES / template).read_text()
    for word, value in words.items():
        text = text.replace(f"@{word}@", str(value))
    path.write_text(text)


class Nginx:
    """Speaks TLS with a certificate that it signed itself, and passes requests on to the gateways."""

    def __init__(self, folder, gateways):
        self.folder = folder
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.certificate = folder / "nginx.pem"
        self.configuration = folder / "nginx.conf"
        self.process = None
        key = folder / "nginx.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", "/CN=ZeroTrace", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key,
             "-out", self.certificate], check=True, capture_output=True)
        servers = "\n        ".join(f"server 127.0.0.1:{role.port} max_fails=1 fail_timeout=2s;" for role in gateways)
        filled_in("nginx.conf", self.configuration, folder=folder, gateways=servers, address=f"127.0.0.1:{self.port}",
                  certificate=self.certificate, key=key)

    @property
    def command(self):
        return [NGINX, "-e", self.folder / "nginx-error.log", "-c", self.configuration]

    def check(self):
        """What nginx itself says of the file; nothing when it is in order."""
        result = subprocess.run([*self.command, "-t", "-q"], check=False, capture_output=True, text=True)
        return result.stderr if result.returncode != 0 else ""

    def start(self):
        self.process = spawn(self.command, self.folder / "nginx.log")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)


class Prometheus:
    """Asks all roles for their metrics."""

    def __init__(self, folder, gateways, processors, enrichment, interval="5s"):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

        def targets(roles):
            return ", ".join(f"'127.0.0.1:{role.port}'" for role in roles)

        filled_in("prometheus.yml", folder / "prometheus.yml", interval=interval, gateways=targets(gateways),
                  processors=targets(processors), enrichment=targets(enrichment))

    def start(self):
        command = [
            "prometheus", f"--config.file={self.folder}/prometheus.yml", f"--web.listen-address=127.0.0.1:{self.port}",
            f"--storage.tsdb.path={self.folder}/prometheus", "--storage.tsdb.retention.time=7d", "--log.level=warn",
        ]
        self.process = spawn(command, self.folder / "prometheus.log")

    def targets(self):
        """Health of each target by its address."""
        try:
            with urllib.request.urlopen(self.url + "/api/v1/targets", timeout=10) as reply:
                active = json.load(reply)["data"]["activeTargets"]
        except OSError:
            return {}
        return {target["labels"]["instance"]: target["health"] for target in active}

    def query(self, expression):
        """The values of an instant query by the labels that the expression leaves."""
        url = self.url + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=10) as reply:
            return [(result["metric"], float(result["value"][1])) for result in json.load(reply)["data"]["result"]]

    def wait_for_targets(self):
        wait_for(lambda: (found := self.targets()) and set(found.values()) == {"up"}, "Prometheus to see all roles")

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
