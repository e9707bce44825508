"""What `zerotrace deploy kit` writes, held to the tools that will read it, as far as there are any on Linux."""
import json
import os
import plistlib
import re
import shutil
import subprocess

import pytest
from debian_machine import needs_debian
from installation import PROGRAMS

TOKEN = "zte_a-Token.of7Letters"
SERVER = "https://zerotrace.example.com"
UUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


@pytest.fixture
def kit(tmp_path):
    """Makes the kit for a tool and returns its folder."""
    (tmp_path / "token").write_text(TOKEN + "\n")

    def make(target, *more):
        result = subprocess.run(
            [PROGRAMS / "zerotrace", "deploy", "kit", "--for", target, "--server", SERVER, "--token-file", tmp_path / "token", "--output",
             tmp_path / target, *more], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert TOKEN not in result.stdout + result.stderr
        for path in (tmp_path / target).rglob("*"):
            if path.is_file():
                mode = path.stat().st_mode & 0o777
                assert (mode & 0o077 == 0) == (TOKEN in path.read_text()), path
                assert bool(mode & 0o100) == (path.suffix == ".sh")
        return tmp_path / target

    return make


def lint(*scripts):
    result = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_jamf_gets_a_profile_and_its_preferences(kit):
    folder = kit("jamf")
    wanted = {"server": SERVER, "enrollment_token": TOKEN}
    assert plistlib.loads((folder / "com.zerotrace.agent.plist").read_bytes()) == wanted
    profile = plistlib.loads((folder / "zerotrace-agent.mobileconfig").read_bytes())
    payload, = profile["PayloadContent"]
    for part, kind in ((profile, "Configuration"), (payload, "com.apple.ManagedClient.preferences")):
        assert (part["PayloadType"], part["PayloadVersion"]) == (kind, 1)
        assert UUID.fullmatch(part["PayloadUUID"]) and part["PayloadIdentifier"]
    assert profile["PayloadUUID"] != payload["PayloadUUID"]
    assert payload["PayloadContent"] == {"com.zerotrace.agent": {"Forced": [{"mcx_preference_settings": wanted}]}}


def test_workspace_one_gets_a_profile_and_a_script(kit):
    folder = kit("workspace-one")
    assert plistlib.loads((folder / "zerotrace-agent.mobileconfig").read_bytes())["PayloadScope"] == "System"
    assert TOKEN in (folder / "zerotrace-agent.ps1").read_text()


@needs_debian
def test_intunes_script_tells_a_linux_machine(kit, machine):
    folder = kit("intune")
    lint(folder / "zerotrace-agent-linux.sh")
    script = machine.give(folder / "zerotrace-agent-linux.sh")
    for _ in range(2):
        assert machine.run("sh", script) == ""
    place = machine.changes / "etc" / "zerotrace"
    assert sorted(path.name for path in place.iterdir()) == ["agent.json", "enrollment-token"]
    assert (place / "enrollment-token").read_text() == TOKEN + "\n"
    assert (place / "enrollment-token").stat().st_mode & 0o777 == 0o600
    assert json.loads((place / "agent.json").read_text())["server"] == SERVER
    assert (place / "agent.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(not shutil.which("pwsh"), reason="PowerShell is not packaged by Debian")
def test_powershell_parses_intunes_script(kit):
    script = kit("intune") / "zerotrace-agent.ps1"
    parse = (
        "$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile($args[0], [ref]$null, [ref]$errors); "
        "exit $errors.Count")
    assert subprocess.run(["pwsh", "-NoProfile", "-Command", parse, script], check=False).returncode == 0


def test_ansible_takes_the_role(kit, tmp_path):
    folder = kit("ansible")
    environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"}
    checked = subprocess.run(
        ["ansible-playbook", "--syntax-check", "-i", "localhost,", "zerotrace.yaml"], cwd=folder, capture_output=True, text=True, check=False,
        env=environment)
    assert checked.returncode == 0, checked.stderr
    tasks = (folder / "roles/zerotrace_agent/tasks/main.yaml").read_text()
    assert "no_log: true" in tasks


# Not in the list of packages for tests: where it is installed, it configures the machine when that starts.
@pytest.mark.skipif(not shutil.which("cloud-init"), reason="needs cloud-init")
def test_cloud_init_takes_the_user_data(kit):
    folder = kit("cloud-init", "--package", "https://files.example.com/zerotrace-agent.deb")
    checked = subprocess.run(
        ["cloud-init", "schema", "--config-file", folder / "user-data.yaml"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0 and "Valid" in checked.stdout, checked.stdout + checked.stderr


@needs_debian
@pytest.mark.parametrize("ending", [".deb", ".gz"])
def test_the_shell_kit_installs_what_lies_beside_it(kit, packages, machine, ending):
    folder = kit("shell")
    lint(folder / "install.sh")
    machine.run("sh", machine.give(folder / "install.sh"), code=1)
    for file in (folder / "agent.json", folder / "enrollment-token", packages["0.1.0", ending]):
        machine.give(file)
    for _ in range(2):
        assert TOKEN not in machine.run("/mnt/install.sh")
    assert (machine.changes / "etc/zerotrace/enrollment-token").read_text() == TOKEN + "\n"
    assert machine.run("zerotrace-agent", "--version").strip()
    # It knows its server: the doctor finds fault with nothing but a name that nobody has.
    checks = json.loads(machine.run("zerotrace-agent", "doctor", "--format", "json", code=1))["checks"]
    assert [check["check"] for check in checks if check["outcome"] == "failed"] == ["name"]


def test_a_token_is_made_for_a_company(installation, tmp_path):
    shown = installation.run(
        "deploy", "kit", "--for", "shell", "--server", installation.url, "--company", "Acme", "--uses", "3", "--output", tmp_path / "kit")
    token = (tmp_path / "kit" / "enrollment-token").read_text().strip()
    assert token not in shown
    assert installation.run("token", "list", "--company", "Acme").split("\t")[1:3] == ["valid", "0/3"]
    again = installation.run(
        "deploy", "kit", "--for", "shell", "--server", installation.url, "--company", "Acme", "--output", tmp_path / "kit", check=False)
    assert again == "" and (tmp_path / "kit" / "enrollment-token").read_text().strip() == token
    assert len(installation.run("token", "list", "--company", "Acme").splitlines()) == 1
