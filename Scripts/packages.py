#!/usr/bin/env python3
"""Makes packages of the agent from a program that is built: .deb, .rpm and .tar.gz. The same program and time give the same bytes."""
import argparse
import gzip
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT = ROOT / "Sources" / "AgentInstallation" / "Resources" / "zerotrace-agent.service"
# What dpkg, rpm and others call the processor.
ARCHITECTURES = {"x86_64": ("amd64", "x86_64"), "aarch64": ("arm64", "aarch64")}

CONTROL = """Package: zerotrace-agent
Version: {version}
Architecture: {architecture}
Maintainer: ZeroTrace <packages@zerotrace.invalid>
Section: admin
Priority: optional
Installed-Size: {size}
Depends: {depends}
Pre-Depends: init-system-helpers (>= 1.54~)
Description: reports the installed software of this machine to a ZeroTrace server
 It takes the inventory of installed packages, sends what changed, and is silent
 otherwise. /etc/zerotrace/agent.json names the server.
"""


def depends(program):
    """Debian's packages of the libraries that the program is linked with, of what their symbols need; those of Swift's toolchain, which only a
    debug program wants, are nobody's."""
    text = subprocess.run(["objdump", "-p", program], check=True, capture_output=True, text=True).stdout
    versions = [tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_(\d+(?:\.\d+)+)", text)]
    needed = [f"libc6 (>= {'.'.join(map(str, max(versions)))})"]
    for library, package in (("libgcc_s.so.1", "libgcc-s1"), ("libstdc++.so.6", "libstdc++6 (>= 11)"), ("libz.so.1", "zlib1g")):
        if re.search(rf"NEEDED\s+{re.escape(library)}$", text, re.M):
            needed.append(package)
    return ", ".join(needed)


def write_tree(tree, program, epoch):
    """The files as they lie on a machine, all of one time."""
    (tree / "etc" / "zerotrace").mkdir(parents=True)
    for folder in ("usr/bin", "usr/lib/systemd/system", "usr/share/doc/zerotrace-agent"):
        (tree / folder).mkdir(parents=True)
    subprocess.run(["strip", "-o", tree / "usr/bin/zerotrace-agent", program], check=True)
    (tree / "usr/bin/zerotrace-agent").chmod(0o755)
    shutil.copyfile(UNIT, tree / "usr/lib/systemd/system/zerotrace-agent.service")
    shutil.copyfile(ROOT / "LICENSE", tree / "usr/share/doc/zerotrace-agent/copyright")
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        os.utime(path, (epoch, epoch))


def make_deb(tree, version, architecture, compression, output, epoch):
    control = tree / "DEBIAN"
    control.mkdir(mode=0o755)
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    (control / "control").write_text(CONTROL.format(
        version=version, architecture=architecture, size=size, depends=depends(tree / "usr/bin/zerotrace-agent")))
    for script in (ROOT / "Packaging" / "deb").iterdir():
        shutil.copyfile(script, control / script.name)
        (control / script.name).chmod(0o755)
    for path in [control, *control.iterdir(), tree]:
        os.utime(path, (epoch, epoch))
    package = output / f"zerotrace-agent_{version}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", f"-Z{compression[0]}", f"-z{compression[1]}", "--build", tree, package],
                   check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(control)
    return package


def make_rpm(tree, version, architecture, compression, output, scratch):
    payload = {"xz": "xzdio", "gzip": "gzdio"}[compression[0]]
    subprocess.run(
        ["rpmbuild", "-bb", "--quiet", "--target", architecture, "--define", f"_topdir {scratch}", "--define", f"zt_version {version}",
         "--define", f"zt_tree {tree}", "--define", f"_binary_payload w{compression[1]}.{payload}",
         ROOT / "Packaging" / "rpm" / "zerotrace-agent.spec"],
        check=True, stdout=subprocess.DEVNULL)
    package, = (scratch / "RPMS").rglob("*.rpm")
    return pathlib.Path(shutil.move(package, output / package.name))


def make_tarball(tree, version, architecture, level, output, epoch):
    """The program, its licence and nothing else: `zerotrace-agent install` brings the rest with it."""
    folder = f"zerotrace-agent-{version}"
    package = output / f"{folder}-linux-{architecture}.tar.gz"

    def plain(member):
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = epoch
        return member

    with open(package, "wb") as file, gzip.GzipFile("", "wb", level, file, epoch) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            archive.add(tree / "usr/bin/zerotrace-agent", f"{folder}/zerotrace-agent", filter=plain)
            archive.add(ROOT / "LICENSE", f"{folder}/LICENSE", filter=plain)
    return package


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build" / "release" / "zerotrace-agent")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / ".build" / "packages")
    parser.add_argument("--version", help="instead of the program's own")
    parser.add_argument("--quick", action="store_true", help="pack lightly, for tests")
    options = parser.parse_args()
    version = options.version or subprocess.run(
        [options.program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"{version!r} is no version")
    deb_name, rpm_name = ARCHITECTURES[platform.machine()]
    compression = ("gzip", "1") if options.quick else ("xz", "6")
    # The time of the newest commit, unless somebody says which.
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        tree = scratch / "tree"
        write_tree(tree, options.program, epoch)
        packages = [
            make_deb(tree, version, deb_name, compression, options.output, epoch),
            make_rpm(tree, version, rpm_name, compression, options.output, scratch / "rpm"),
            make_tarball(tree, version, rpm_name, 1 if options.quick else 9, options.output, epoch),
        ]
        print(f"the program has {(tree / 'usr/bin/zerotrace-agent').stat().st_size / 1e6:.1f} MB")
    for package in packages:
        print(f"{package.stat().st_size / 1e6:6.1f} MB  {package}")


if __name__ == "__main__":
    main()
