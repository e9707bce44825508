"""The agent's packages on a Debian system made by debootstrap, against the real server: installed, started, upgraded, removed, purged.

systemd cannot run inside a test. The agent is started as the unit says instead: its user, its capabilities, a root that it cannot write, its state
folder. That the unit itself is right and tight is checked with systemd's own tools.
"""
import functools
import hashlib
import json
import signal
import subprocess

from debian_machine import needs_debian
from installation import ROOT, wait_for

pytestmark = needs_debian
UNIT = ROOT / "Sources" / "AgentInstallation" / "Resources" / "zerotrace-agent.service"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_program_gives_the_same_packages(packages):
    for ending in (".deb", ".rpm", ".gz"):
        assert digest(packages["0.1.1", ending]) == digest(packages["0.1.1 again", ending])


def test_the_unit_is_right_and_tight(tmp_path):
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/usr/bin/zerotrace-agent run", "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr.strip()) == (0, "")
    # The threshold is in tenths.
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit], capture_output=True, text=True, check=False)
    assert rated.returncode == 0, rated.stdout
    print(rated.stdout.splitlines()[-1])


def reporting(installation, user):
    agents = installation.items("/v1/agents", user)
    return agents[0] if len(agents) == 1 and agents[0]["inventory_state"] == "current" else None


def test_a_debian_machine_joins_is_upgraded_and_let_go(installation, packages, machine):
    machine.run("dpkg", "-i", machine.give(packages["0.1.0", ".deb"]))
    installed = machine.files()
    wanted = "etc/systemd/system/multi-user.target.wants/zerotrace-agent.service"
    assert {"usr/bin/zerotrace-agent", "usr/lib/systemd/system/zerotrace-agent.service", wanted} <= installed

    (machine.folder / "outside" / "token").write_text(installation.token("Acme"))
    told = machine.run("zerotrace-agent", "install", "--server", installation.url, "--token-file", "/mnt/token")
    assert told == "written /etc/zerotrace/agent.json\nwritten /etc/zerotrace/enrollment-token\n"
    assert (machine.changes / "etc/zerotrace/enrollment-token").stat().st_mode & 0o777 == 0o600
    machine.run("zerotrace-agent", "status", code=1)

    user = installation.sign_in()
    for version in ("0.1.0", "0.1.1"):
        if version == "0.1.1":
            machine.run("dpkg", "-i", machine.give(packages["0.1.1", ".deb"]))
        agent = machine.agent()
        try:
            row, _ = wait_for(functools.partial(reporting, installation, user), "the machine to report")
            status, _ = wait_for(
                lambda: subprocess.run(machine.command("zerotrace-agent", "status", "--format", "json"), capture_output=True,
                                       check=False).stdout, "the agent to say how it stands")
            checks = json.loads(machine.run("zerotrace-agent", "doctor", "--format", "json"))["checks"]
        finally:
            agent.send_signal(signal.SIGTERM)
            assert agent.wait(timeout=30) == 0, (machine.folder / "agent.log").read_text()
        status = json.loads(status)
        assert (status["standing"], status["agent_id"], status["company"]) == ("reporting", row["id"], "Acme")
        assert status["last_scan"]["warnings"] == 0, (machine.folder / "agent.log").read_text()
        assert {check["check"]: check["outcome"] for check in checks} == {check["check"]: "ok" for check in checks}
        # The package itself is among what the machine has.
        assert f"Version: {version}" in machine.run("dpkg", "-s", "zerotrace-agent")
    assert len(installation.items("/v1/agents", user)) == 1
    log = (machine.folder / "agent.log").read_text()
    assert (machine.folder / "outside" / "token").read_text() not in log

    machine.run("dpkg", "--remove", "zerotrace-agent")
    kept = machine.files()
    assert {"etc/zerotrace/agent.json", "var/lib/private/zerotrace-agent/credential.json"} <= kept
    assert "usr/bin/zerotrace-agent" not in kept
    machine.run("dpkg", "--purge", "zerotrace-agent")
    assert [name for name in machine.files() if "zerotrace" in name] == []


def test_the_rpm_is_installed_upgraded_and_erased(packages, machine):
    def rpm(*arguments):
        # The machine has no rpm: this host's works on its root, and asks no Debian for libraries by rpm's names.
        return machine.run("rpm", "--root", machine.root, *arguments, chroot=False)

    rpm("-i", "--nodeps", packages["0.1.0", ".rpm"])
    assert rpm("-q", "zerotrace-agent").startswith("zerotrace-agent-0.1.0-1.")
    assert rpm("-V", "--nodeps", "zerotrace-agent") == ""
    machine.run("zerotrace-agent", "install", "--server", "http://127.0.0.1:9")
    rpm("-U", "--nodeps", packages["0.1.1", ".rpm"])
    assert rpm("-q", "zerotrace-agent").startswith("zerotrace-agent-0.1.1-1.")
    assert machine.run("zerotrace-agent", "--version").strip()
    rpm("-e", "zerotrace-agent")
    assert [name for name in machine.files() if "zerotrace" in name] == ["etc/zerotrace/agent.json"]


def test_the_tarball_brings_everything_itself(packages, machine):
    subprocess.run(["tar", "-xzf", packages["0.1.0", ".gz"], "-C", machine.folder / "outside"], check=True)
    program = "/mnt/zerotrace-agent-0.1.0/zerotrace-agent"
    machine.run(program, "install", "--server", "https://zerotrace.example.com")
    assert machine.run(program, "install", "--server", "https://zerotrace.example.com").count("unchanged") == 4
    # Another configuration is not overwritten, and nothing else is either.
    refused = subprocess.run(
        machine.command(program, "install", "--server", "https://other.example.com"), capture_output=True, text=True, check=False)
    assert refused.returncode == 1 and "/etc/zerotrace/agent.json" in refused.stderr
    assert machine.run("/usr/local/bin/zerotrace-agent", "doctor", code=1)
    machine.run("/usr/local/bin/zerotrace-agent", "uninstall")
    assert [name for name in machine.files() if "zerotrace" in name] == ["etc/zerotrace/agent.json"]
    machine.run(program, "uninstall", "--purge")
    assert [name for name in machine.files() if "zerotrace" in name] == []
