"""A ZeroTrace installation in a temporary folder: feeds, server, company, user, agents."""
import atexit
import contextlib
import gzip
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("ZEROTRACE_PROGRAMS", ROOT / ".build" / "debug"))
PASSWORD = "correct horse battery"
EMAIL = "ann@example.com"

# How long anything may take on a slow, busy machine. Nothing here asserts speed.
PATIENCE = 60


def wait_for(condition, what, patience=PATIENCE):
    """Asks again and again until the condition gives something true, and returns that with the seconds it took."""
    started = time.monotonic()
    while True:
        value = condition()
        if value:
            return value, time.monotonic() - started
        if time.monotonic() - started > patience:
            raise AssertionError(f"waited {patience} s for {what}")
        time.sleep(0.02)


def spawn(command, log, **options):
    """A process that writes to a file, is not hit by the terminal's Ctrl-C, and does not outlive this one whatever happens here."""
    with open(log, "ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, **options)
    atexit.register(lambda: process.kill() if process.poll() is None else None)
    return process


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Facts of the Debian Security Tracker, in its format.
TRACKER = {
    "openssl": {
        "CVE-2023-0464": {
            "description": "Excessive resource use verifying X.509 policy constraints",
            "scope": "remote",
            "releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.9-1", "urgency": "not yet assigned"}},
        },
        "CVE-2024-0727": {
            "description": "PKCS12 decoding crashes on a null pointer",
            "scope": "remote",
            "releases": {
                "bookworm": {"status": "resolved", "fixed_version": "3.0.13-1~deb12u1", "urgency": "not yet assigned"}
            },
        },
    },
    "zlib": {
        "CVE-2023-45853": {
            "description": "Integer overflow in MiniZip's zipOpenNewFileInZip4_64",
            "scope": "remote",
            "releases": {"bookworm": {"status": "open", "urgency": "unimportant"}},
        }
    },
}

PYPI = [
    {
        "schema_version": "1.6.0",
        "id": "GHSA-j8r2-6x86-q33q",
        "modified": "2024-10-21T00:00:00Z",
        "published": "2023-05-22T00:00:00Z",
        "aliases": ["CVE-2023-32681"],
        "summary": "Unintended leak of the Proxy-Authorization header in requests",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N"}],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "requests"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "2.3.0"}, {"fixed": "2.31.0"}]}],
            }
        ],
    }
]


def many_records(count=120):
    """Records of packages that nobody has, for runs that need more than a handful: tracker and PyPI records of about that many names."""
    tracker = {
        f"sample-{n}": {
            f"CVE-2099-{10_000 + 10 * n + k}": {
                "description": "made up for a load test", "scope": "remote",
                "releases": {"bookworm": {"status": "resolved", "fixed_version": f"1.{n % 9}.{k + 1}-1", "urgency": "not yet assigned"}},
            }
            for k in range(n % 4 + 1)
        }
        for n in range(count)
    }
    pypi = [
        {
            "schema_version": "1.6.0", "id": f"PYSEC-2099-{n}", "modified": "2024-01-01T00:00:00Z", "aliases": [f"CVE-2099-{50_000 + n}"],
            "affected": [{
                "package": {"ecosystem": "PyPI", "name": f"sample-{n}"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": f"2.{n % 7 + 1}"}]}],
                "versions": ["1.0", "2.0"],
            }],
        }
        for n in range(count)
    ]
    return tracker, pypi


XZ = {
    "CVE-2024-3094": {
        "description": "Malicious code in the upstream tarballs of xz",
        "scope": "remote",
        "releases": {"bookworm": {"status": "resolved", "fixed_version": "5.6.1+really5.4.5-1", "urgency": "high"}},
    }
}

KEV = {
    "title": "Known exploited vulnerabilities",
    "catalogVersion": "2024.01.01",
    "dateReleased": "2024-01-01T00:00:00Z",
    "count": 1,
    "vulnerabilities": [
        {
            "cveID": "CVE-2023-0464",
            "vendorProject": "OpenSSL",
            "product": "OpenSSL",
            "vulnerabilityName": "entered for this test; the real catalogue does not list it",
            "dateAdded": "2024-01-01",
            "shortDescription": "",
            "requiredAction": "",
            "dueDate": "2024-01-22",
            "knownRansomwareCampaignUse": "Unknown",
            "notes": "",
            "cwes": [],
        }
    ],
}


def write_mirror(folder, tracker, pypi=PYPI):
    """Writes feed files in the layout of a mirror."""
    (folder / "debian").mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "debian" / "tracker.json.gz", "wt") as file:
        json.dump(tracker, file)
    (folder / "osv" / "PyPI").mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "osv" / "PyPI" / "all.zip", "w") as archive:
        for record in pypi:
            archive.writestr(record["id"] + ".json", json.dumps(record))
    (folder / "kev").mkdir(exist_ok=True)
    (folder / "kev" / "known_exploited_vulnerabilities.json").write_text(json.dumps(KEV))
    (folder / "epss").mkdir(exist_ok=True)
    with gzip.open(folder / "epss" / "epss_scores-2024-01-01.csv.gz", "wt") as file:
        file.write("#model_version:v2023.03.01,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\n")
        file.write("CVE-2023-0464,0.00417,0.74100\nCVE-2023-32681,0.00610,0.78800\n")


class HostRoot:
    """A small Debian 12 root that an agent scans."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "etc").mkdir(parents=True)
        (folder / "etc" / "os-release").write_text(
            'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
        )
        (folder / "etc" / "hostname").write_text("web-1\n")
        (folder / "var" / "lib" / "dpkg").mkdir(parents=True)
        site = folder / "usr" / "local" / "lib" / "python3.11" / "site-packages" / "requests-2.28.0.dist-info"
        site.mkdir(parents=True)
        (site / "METADATA").write_text("Metadata-Version: 2.1\nName: requests\nVersion: 2.28.0\n")
        self.packages = {
            "libssl3": ("openssl", "3.0.8-1"),
            "openssl": ("openssl", "3.0.8-1"),
            "zlib1g": ("zlib", "1:1.2.13.dfsg-1"),
            "xz-utils": ("xz-utils", "5.4.1-1"),
            "bash": ("bash", "5.2.15-2"),
        }
        self.write()

    def write(self):
        """Writes the dpkg database as dpkg does: a new file, renamed over the old one."""
        stanzas = []
        for name, (source, version) in sorted(self.packages.items()):
            lines = [f"Package: {name}", "Status: install ok installed", "Architecture: amd64"]
            if source != name:
                lines.append(f"Source: {source}")
            stanzas.append("\n".join([*lines, f"Version: {version}", "Description: a package", ""]))
        database = self.folder / "var" / "lib" / "dpkg"
        (database / "status-new").write_text("\n".join(stanzas))
        (database / "status-new").rename(database / "status")

    def upgrade(self, source, version):
        for name, (of, _) in self.packages.items():
            if of == source:
                self.packages[name] = (of, version)
        self.write()


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]


class Installation:
    """One server on its data folder."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.mirror = folder / "mirror"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        self.server = None
        self.children = []
        # Variables that name parts other than those in the data folder, or limits.
        self.variables = {}
        # Whom to trust when a proxy in front speaks TLS.
        self.tls = None

    @property
    def environment(self):
        return {**os.environ, **self.variables}

    def run(self, *arguments, text=None, check=True):
        """Runs `zerotrace` with this data folder and returns what it printed."""
        name, *rest = arguments
        command = [PROGRAMS / "zerotrace", name, *rest, "--data", self.data]
        result = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, env=self.environment)
        if check and result.returncode != 0:
            raise AssertionError(f"{arguments} ended with {result.returncode}: {result.stderr}")
        return result.stdout.strip()

    def sync(self, tracker=None):
        write_mirror(self.mirror, tracker if tracker is not None else TRACKER)
        return self.run("feeds", "sync", "--mirror", self.mirror, "--no-apt")

    def open(self):
        """Gives it advisories, one company and its user, and starts it."""
        self.sync()
        self.company("Acme")
        self.user("Acme")
        self.start()

    def start(self):
        """Starts the server and waits until it is ready."""
        command = [
            PROGRAMS / "zerotrace", "serve", "--data", self.data, "--port", str(self.port), "--feed-minutes", "0",
            "--dashboard", ROOT / "Dashboard" / "dist", "--heartbeat", "2",
        ]
        with open(self.log, "ab") as log:
            self.server = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        wait_for(self.is_ready, "the server to be ready")

    def is_ready(self):
        assert self.server.poll() is None, self.log.read_text()[-2000:]
        try:
            return self.request("GET", "/-/ready").status == 200
        except OSError:
            return False

    def kill(self):
        """SIGKILL: no chance to tidy up."""
        self.server.kill()
        self.server.wait()

    def stop(self):
        for child in [*self.children, self.server]:
            if child and child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in [*self.children, self.server]:
            if child:
                child.wait(timeout=30)

    def execute(self, statement):
        """Changes the database behind the server's back, for what cannot be waited for."""
        with contextlib.closing(sqlite3.connect(self.data / "zerotrace.sqlite")) as database, database:
            database.execute(statement)

    def company(self, name):
        self.run("company", "create", name)

    def user(self, company, email=EMAIL, password=PASSWORD):
        self.run("user", "create", "--company", company, email, text=password + "\n")

    def token(self, company, uses=10, hours=24):
        return self.run("token", "create", "--company", company, "--uses", str(uses), "--hours", str(hours))

    def agent(self, token, root, name="agent"):
        """Starts the real agent on a root folder."""
        environment = {**os.environ, "ZEROTRACE_ENROLLMENT_TOKEN": token}
        command = [
            PROGRAMS / "zerotrace-agent", "run", "--server", self.url, "--state", self.folder / name, "--root", root.folder,
        ]
        with open(self.folder / f"{name}.log", "ab") as log:
            child = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.children.append(child)
        return child

    def request(self, method, path, body=None, token=None, headers=None):
        """One HTTP request; errors are answers too."""
        headers = dict(headers or {})
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.tls) as reply:
                return Answer(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def sign_in(self, email=EMAIL, password=PASSWORD):
        answer = self.request("POST", "/v1/auth/login", {"email": email, "password": password})
        assert answer.status == 200, answer.body
        return answer.json["access_token"]

    def items(self, path, token):
        """All pages of a list."""
        items, cursor = [], None
        while True:
            join = "&" if "?" in path else "?"
            page = self.request("GET", path + (f"{join}cursor={cursor}" if cursor else ""), token=token).json
            items += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return items
