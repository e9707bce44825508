"""What is in use on a machine: from a program that waits at a port to a finding that says so."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest
from installation import PROGRAMS, ROOT, wait_for
from test_dashboard import SCREENSHOTS, browser, open_page  # noqa: F401
from test_main_path import EXPECTED, findings

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or os.uname().machine != "x86_64", reason="needs root, and the number of a system call")
UNIT = ROOT / "Sources" / "AgentInstallation" / "Resources" / "zerotrace-agent.service"
MANUAL = ROOT / "Docs" / "agent.md"
USER = "64999"
# Waits at a port of the kernel's choice, says which, and goes on waiting. Modules of Perl would have to be there as well.
LISTEN = 'socket(S,2,1,6) && bind(S,pack("Sna4x8",2,0,"\\0\\0\\0\\0")) && listen(S,5) || die $!; $|=1; print +(unpack("Sn",getsockname(S)))[1],"\\n"; sleep 600'

# Arguments: the root, files to be seen in it, "--", a command. By system calls, as no program of the old root is left to do it; and not by chroot, since
# the kernel names files of a changed root by the root around it.
ENTER = """
import ctypes, os, pathlib, sys
mark = sys.argv.index("--")
root, files, command = pathlib.Path(sys.argv[1]), sys.argv[2:mark], sys.argv[mark + 1:]
system = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(system, name)(*arguments) != 0:
        sys.exit(f"{name} {arguments}: {os.strerror(ctypes.get_errno())}")
NEW_NAMESPACE, BIND, RECURSIVE, PRIVATE, DETACH, PIVOT_ROOT = 0x20000, 4096, 16384, 1 << 18, 2, 155
def bind(source, target):
    call("mount", os.fsencode(source), os.fsencode(target), None, BIND | RECURSIVE, None)
call("unshare", NEW_NAMESPACE)
call("mount", None, b"/", None, RECURSIVE | PRIVATE, None)
bind(root, root)
call("mount", b"proc", os.fsencode(root / "proc"), b"proc", 0, None)
for file in files:
    place = root / file.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    bind(file, place)
os.chdir(root)
call("syscall", PIVOT_ROOT, b".", b".")
call("umount2", b".", DETACH)
os.chdir("/")
os.execv(command[0], command)
"""


def libraries(program):
    """Paths of what a program loads, as it asks for them."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
    return [pathlib.Path(word) for line in lines for word in line.split() if word.startswith("/")]


class Place:
    """A root folder in which programs run, and see none but each other: one that waits at a port, of the package `openssl`, with libraries of `libssl3`."""

    def __init__(self, host):
        self.host = host
        self.root = host.folder
        lists = self.root / "var" / "lib" / "dpkg" / "info"
        lists.mkdir()
        (lists / "openssl.list").write_text("/usr/sbin/exampled\n")
        self.copy("/usr/bin/perl", "/usr/sbin/exampled")
        self.libraries = [str(path) for path in libraries("/usr/bin/perl")]
        for path in self.libraries:
            self.copy(path, path)
        # As the kernel names them, without the links of today's Debian.
        (lists / "libssl3.list").write_text("".join(path + "\n" for path in self.libraries))
        (self.root / "etc" / "exampled").write_text(LISTEN)
        (self.root / "proc").mkdir()
        self.exampled = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", *self.inside(["/usr/sbin/exampled", "/etc/exampled"])], stdout=subprocess.PIPE, text=True, env={"LC_ALL": "C"})
        self.port = int(self.exampled.stdout.readline())
        self.first = pathlib.Path(f"/proc/{self.exampled.pid}/task/{self.exampled.pid}/children").read_text().strip()

    def copy(self, source, target):
        """Puts a file there as package managers do: a new one, renamed over the old one."""
        place = self.root / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as draft:
            draft.write(pathlib.Path(source).read_bytes())
        shutil.copymode(source, draft.name)
        os.rename(draft.name, place)

    def command(self, *arguments, capabilities=None):
        """The agent in that root; with nothing but these capabilities where any are named."""
        tools = [PROGRAMS / "zerotrace-agent", pathlib.Path(shutil.which("setpriv"))]
        files = {str(path) for tool in tools for path in [tool, *libraries(tool)]} - set(self.libraries)
        least = []
        if capabilities is not None:
            names = ",".join(["-all", *(f"+{name}" for name in capabilities)])
            least = [tools[1], f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs", f"--bounding-set={names}",
                     f"--inh-caps={names}", f"--ambient-caps={names}"]
        return ["nsenter", f"--target={self.first}", "--pid", *self.inside([*least, tools[0], *arguments], sorted(files))]

    def inside(self, command, files=()):
        """A command that has this root for its own, as services have theirs, with files of this system in it."""
        return [sys.executable, "-c", ENTER, self.root, *files, "--", *command]

    def run(self, installation):
        """The agent, which reports to the installation."""
        log = open(installation.folder / "agent.log", "ab")
        child = subprocess.Popen(
            self.command("run", "--server", installation.url, "--state", "/state", "--cpu-budget", "100"), stdout=log, stderr=log,
            env={**os.environ, "ZEROTRACE_ENROLLMENT_TOKEN": installation.token("Acme")})
        installation.children.append(child)
        return child


@pytest.fixture
def place(host):
    made = Place(host)
    yield made
    made.exampled.kill()
    made.exampled.wait()


def test_a_finding_says_that_what_has_it_is_listening(installation, place, browser):  # noqa: F811
    user = installation.sign_in()
    place.run(installation)
    wait_for(lambda: findings(installation, user) == EXPECTED, "the first findings")
    agent = installation.items("/v1/agents", user)[0]["id"]

    def running():
        return installation.request("GET", f"/v1/agents/{agent}", token=user).json["running"]

    state, _ = wait_for(running, "what is in use")
    assert [one for one in state["listeners"] if one["port"] == place.port] == [
        {"transport": "tcp", "port": place.port, "reach": "any", "service": None, "program": "exampled",
         "package": "pkg:deb/debian/openssl@3.0.8-1?arch=amd64&distro=debian-12"}]
    assert state["restart_pending"] is False and state["restarts"] == [] and "processes" not in state["gaps"], state
    items = {item["vulnerability"]["id"]: item for item in installation.items(f"/v1/agents/{agent}/findings", user)}
    assert {name: item["exposure"] for name, item in items.items()} == {
        "CVE-2023-0464": "listening", "CVE-2024-0727": "listening",
        # Nothing loads it; and what an interpreter reads leaves no trace.
        "CVE-2023-45853": "installed", "CVE-2023-32681": None}
    affected = installation.items("/v1/vulnerabilities/CVE-2023-0464/agents", user)
    assert [item["exposure"] for item in affected] == ["listening"]

    # An upgrade replaces the library, and what runs goes on with the old one.
    library = place.libraries[-2]
    place.copy(library, library)
    place.host.upgrade("openssl", "3.0.9-1")
    state, _ = wait_for(lambda: (found := running())["restart_pending"] and found, "the restart that is pending")
    assert state["restarts"] == [
        {"service": None, "program": "exampled", "files": [pathlib.Path(library).name],
         "packages": ["pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12&upstream=openssl"]}]

    page, problems = open_page(browser, installation)
    page.goto(f"{installation.url}/agents/{agent}?tab=running")
    table = page.get_by_role("table", name="Listening")
    table.get_by_role("cell", name=f"{place.port}/tcp").wait_for()
    assert page.get_by_role("table", name="Programs to restart").get_by_role("cell", name="exampled").count() == 1
    assert page.locator(".page-head").get_by_text("restart pending").count() == 1
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "agent-running.png", full_page=True)
    assert [problem for problem in problems if "401" not in problem] == []


def test_the_drop_in_of_the_manual_is_right(tmp_path):
    text = MANUAL.read_text()
    lines = text[text.index("\n    [Service]\n") + 1:].split("\n\n", 1)[0].splitlines()
    unit = tmp_path / UNIT.name
    unit.write_text(
        UNIT.read_text().replace("/usr/bin/zerotrace-agent run", "/bin/true") + "\n".join(line.strip() for line in lines) + "\n")
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr.strip()) == (0, "")
    assert "    AmbientCapabilities=CAP_SYS_PTRACE" in lines


@pytest.mark.parametrize("more, seen", [([], False), (["sys_ptrace"], True)])
def test_what_the_unit_may_not_see_is_said_and_the_drop_in_shows_it(place, more, seen):
    """By the unit's capability, and by the one more of the drop-in in Docs/agent.md."""
    assert "\nAmbientCapabilities=CAP_DAC_READ_SEARCH\n" in UNIT.read_text()
    result = subprocess.run(
        place.command("scan", "--format", "json", capabilities=["dac_read_search", *more]), capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    state = json.loads(result.stdout)["running"]
    listener = [one for one in state["listeners"] if one["port"] == place.port]
    assert ("processes" not in state["gaps"]) == seen, state["gaps"]
    assert [one.get("program") for one in listener] == (["exampled"] if seen else [None])
    assert bool(state["listening"]) == seen
