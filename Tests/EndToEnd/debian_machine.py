"""A small Debian system in which the agent's packages are tried, and the packages."""
import configparser
import os
import pathlib
import shutil
import subprocess

import pytest
from installation import PROGRAMS, ROOT

needs_debian = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("debootstrap"), reason="needs root and debootstrap")
USER = "64999"
# What dpkg and ldconfig write for themselves.
OTHERS = ("var/lib/dpkg/", "var/log/", "etc/ld.so.cache", "var/cache/", "var/lib/rpm")


def make_packages(make_folder):
    """Packages of two versions of the same program, by version and ending."""
    made = {}
    for version in ("0.1.0", "0.1.1", "0.1.1 again"):
        folder = make_folder("packages")
        subprocess.run(
            [ROOT / "Scripts" / "packages.py", "--quick", "--program", PROGRAMS / "zerotrace-agent", "--output", folder,
             "--version", version.split()[0]],
            check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
        for package in folder.iterdir():
            made[version, package.suffix] = package
    return made


def make_debian():
    """A small Debian 12, made once for all runs."""
    folder = ROOT / ".build" / "debian-12"
    if not (folder / "usr" / "bin" / "dpkg").exists():
        draft = folder.with_name("debian-12.new")
        shutil.rmtree(draft, ignore_errors=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", draft], check=True, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    return folder


class Machine:
    """A copy of that Debian which keeps what is changed in it in a folder of its own."""

    def __init__(self, debian, folder):
        self.folder = folder
        self.changes = folder / "changes"
        for name in ("changes", "work", "root", "outside"):
            (folder / name).mkdir()
        self.root = folder / "root"
        # A debug program wants the toolchain's libraries where they were when it was built.
        linked = subprocess.run(["ldd", PROGRAMS / "zerotrace-agent"], capture_output=True, text=True, check=True).stdout
        runtime = [pathlib.Path(line.split()[2]).parent for line in linked.splitlines() if "libswiftCore.so" in line]
        self.setup = [
            f"mount -t overlay overlay -o lowerdir={debian},upperdir={self.changes},workdir={folder}/work {self.root}",
            f"mount --rbind /proc {self.root}/proc", f"mount --bind {folder}/outside {self.root}/mnt",
        ]
        self.runtime = [
            f"mount -t tmpfs tmpfs {self.root}/opt", f"mkdir -p {self.root}{runtime[0]}",
            f"mount --bind {runtime[0]} {self.root}{runtime[0]}",
        ] if runtime else []

    def command(self, *arguments, setup=(), chroot=True):
        script = "; ".join(["set -e", *self.setup, *self.runtime, *setup, 'exec "$@"'])
        return ["unshare", "--mount", "bash", "-c", script, "bash", *(["chroot", self.root] if chroot else []), *arguments]

    def run(self, *arguments, code=0, **options):
        result = subprocess.run(
            self.command(*arguments, **options), capture_output=True, text=True, check=False,
            env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"})
        assert result.returncode == code, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result.stdout

    def give(self, file):
        """Puts a file where the machine sees it."""
        shutil.copy(file, self.folder / "outside" / file.name)
        return f"/mnt/{file.name}"

    def agent(self):
        """Starts the agent as the unit does, as far as that goes without systemd."""
        unit = configparser.RawConfigParser(strict=False)
        unit.optionxform = str
        unit.read_string(self.run("cat", "/usr/lib/systemd/system/zerotrace-agent.service"))
        service = unit["Service"]
        assert service["DynamicUser"] == "yes" and service["ProtectSystem"] == "strict" and service["NoNewPrivileges"] == "yes"
        capabilities = ",".join("+" + name.removeprefix("CAP_").lower() for name in service["AmbientCapabilities"].split())
        state = f"{self.root}/var/lib/private/{service['StateDirectory']}"
        setup = [
            f"install -d -m 700 {self.root}/var/lib/private", f"install -d -m {service['StateDirectoryMode']} -o {USER} -g {USER} {state}",
            f"ln -sfn private/{service['StateDirectory']} {self.root}/var/lib/{service['StateDirectory']}",
            f"mount --bind {state} {state}", f"mount -o remount,bind,ro {self.root}", f"mount -o remount,bind,ro {self.root}/mnt",
        ]
        return subprocess.Popen(
            self.command(
                "setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs", f"--bounding-set=-all,{capabilities}",
                f"--inh-caps=-all,{capabilities}", f"--ambient-caps=-all,{capabilities}", *service["ExecStart"].split(), setup=setup),
            stdout=open(self.folder / "agent.log", "ab"), stderr=subprocess.STDOUT)

    def files(self):
        """What was added to the Debian that was there before."""
        found = {path.relative_to(self.changes).as_posix() for path in self.changes.rglob("*") if not path.is_dir() or path.is_symlink()}
        return {name for name in found if not name.startswith(OTHERS)}
