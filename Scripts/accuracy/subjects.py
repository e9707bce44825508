"""How inventories write the packages that advisories name."""
import re
from urllib.parse import quote

TYPES = {"PyPI": "pypi", "npm": "npm", "Go": "golang", "crates.io": "cargo", "RubyGems": "gem", "Packagist": "composer", "Maven": "maven",
         "NuGet": "nuget", "Hex": "hex", "Pub": "pub", "Hackage": "hackage", "SwiftURL": "swift", "Bitnami": "bitnami", "Homebrew": "brew"}
RPM = {"AlmaLinux": ("almalinux", "almalinux"), "Rocky Linux": ("rocky", "rocky"), "Red Hat": ("redhat", "rhel")}
ESM = re.compile(r"[+~.]esm\d")


def text(value, safe=""):
    return quote(value, safe=safe + ".-_~:")


def purl(kind, name, version, **qualifiers):
    namespace, _, own = name.rpartition("/")
    path = "/".join(text(p) for p in [*filter(None, namespace.split("/")), own])
    tail = "&".join(f"{k}={text(v)}" for k, v in sorted(qualifiers.items()) if v)
    return f"pkg:{kind}/{path}@{text(version)}" + (f"?{tail}" if tail else "")


def debian(scope, name, version, random, binaries):
    ecosystem, *rest = scope.split(":")
    release = next(p for p in rest if p[0].isdigit())
    binary = random.choice(binaries.get(name) or [name])
    spelled = random.choice([f"{ecosystem.lower()}-{release}", f"{ecosystem.lower()}-{release}", {"11": "bullseye", "12": "debian-12.5"}.get(release, f"{ecosystem.lower()}-{release}")])
    upstream = name if binary != name else ""
    if ":Pro:" not in scope and random.random() < 0.08:
        # A binary package with a version of its own, as gcc-defaults has them.
        return purl("deb", f"{ecosystem.lower()}/lib{name}-extra", "9:99", arch="amd64", distro=spelled, upstream=f"{name}@{version}")
    return purl("deb", f"{ecosystem.lower()}/{binary}", version, arch=random.choice(["amd64", "arm64"]), distro=spelled, upstream=upstream)


def rpm(scope, name, version, random, stream):
    family, release = scope.split(":")[0], scope.split(":")[-1]
    namespace, distro = RPM[family]
    epoch, _, rest = version.rpartition(":")
    module = f"{stream}:{release}090020240101000000:abcdef12" if stream and random.random() < 0.5 else stream
    source = f"{name}-{rest}.src.rpm" if family == "Rocky Linux" else ""
    minor = random.choice([f"{distro}-{release}", f"{distro}-{release}.{random.randint(2, 9)}"])
    return purl("rpm", f"{namespace}/{name}", rest, arch="x86_64", distro=minor, epoch=epoch if epoch != "0" else "", rpmmod=module, upstream=source)


def subject(scope, name, version, random, binaries, stream=""):
    """A package URL, a CPE name, or `at:SCOPE|NAME|VERSION` for ecosystems without a type of package URLs; `None` where nobody writes it so."""
    ecosystem = scope.split(":")[0]
    if ecosystem in ("Debian", "Ubuntu"):
        if ecosystem == "Ubuntu" and (":Pro:" in scope) != bool(ESM.search(version)):
            return None
        return debian(scope, name, version, random, binaries)
    if ecosystem == "Alpine":
        release = scope.split(":")[1].lstrip("v")
        spelled = "alpine-edge" if release == "edge" else random.choice([f"alpine-{release}.{random.randint(0, 9)}", f"alpine-{release}"])
        sub = random.random() < 0.3
        return purl("apk", f"alpine/{name}-libs" if sub else f"alpine/{name}", version, arch="x86_64", distro=spelled, upstream=name if sub else "")
    if ecosystem in RPM:
        return rpm(scope, name, version, random, stream)
    if ecosystem == "cpe":
        return f"{scope.replace('cpe:', 'cpe:2.3:')}:{name}:{version}:*:*:*:*:*:*:*"
    if ecosystem not in TYPES:
        return f"at:{scope}|{name}|{version}"
    if ecosystem == "Go":
        plain = name in ("stdlib", "toolchain")
        version = version if plain or version.startswith("v") else "v" + version
        version = "go" + version if plain and random.random() < 0.3 and version[0].isdigit() else version
    if ecosystem == "PyPI" and random.random() < 0.2:
        name = name.replace("-", "_").capitalize()
    if ecosystem == "NuGet" and random.random() < 0.3:
        name = name.title()
    if ecosystem == "Bitnami" and re.search(r"-\d+$", version):
        return None
    return purl(TYPES[ecosystem], name.replace(":", "/") if ecosystem == "Maven" else name, version)
