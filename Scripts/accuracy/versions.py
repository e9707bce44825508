"""Versions at which a matcher may be wrong: at a boundary, just below and above it, and the spellings each ecosystem has for them."""
import re

from judge import split


def step(version, by):
    """The last number, moved by one; `None` where it cannot be."""
    found = list(re.finditer(r"\d+", version))
    for one in reversed(found):
        number = int(one[0]) + by
        if number >= 0 and len(one[0]) < 8:
            return version[: one.start()] + str(number) + version[one.end() :]
    return None


def core(version):
    """Without a pre-release or build."""
    return re.split(r"[-+]", version)[0]


# For each style: spellings around a boundary, with a word on each.
SPELLINGS = {
    "deb": [("{}~bpo12+1", "backport of the fix"), ("{}+b1", "binary rebuild"), ("{}+deb12u1", "stable update above"), ("1:{}", "epoch above"),
            ("{}~deb12u1", "built for an older release"), ("{}ubuntu0.1", "derivative's revision"), ("{}~rc1", "tilde below")],
    "rpm": [("{}.1", "minor rebuild above"), ("{}~rc1", "tilde below"), ("{}^git1", "caret above")],
    "apk": [("{}0", "revision of two digits")],
    "npm": [("{}-rc.1", "pre-release"), ("{}-0", "lowest pre-release"), ("{}+build.5", "build metadata"), ("{}-beta.2", "pre-release")],
    "go": [("{}-rc.1", "pre-release"), ("{}-0.20200102030405-0123456789ab", "pseudo-version before"), ("{}+incompatible", "+incompatible")],
    "pep440": [("{}rc1", "release candidate"), ("{}.dev0", "development release"), ("{}.post1", "post release"), ("{}+local.1", "local version"),
               ("{}.0", "same with a zero"), ("{}a1", "alpha"), ("v{}", "v prefix")],
    "maven": [("{}-SNAPSHOT", "snapshot"), ("{}-RC1", "release candidate"), ("{}.Final", "same as Final"), ("{}-jre", "qualifier above"),
              ("{}.1", "sub-release"), ("{}-beta-2", "beta"), ("{}.RELEASE", "RELEASE")],
    "gem": [("{}.pre1", "pre-release"), ("{}.rc2", "release candidate"), ("{}.0", "same with a zero"), ("{}.1", "sub-release")],
    "composer": [("v{}", "v prefix"), ("{}-RC1", "release candidate"), ("{}-beta2", "beta"), ("{}-p1", "patch level"), ("{}.0", "fourth number")],
    "nuget": [("{}-beta1", "pre-release"), ("{}.0", "fourth number"), ("{}+abc", "metadata"), ("{}-RC.2", "label in capitals")],
    "pub": [("{}-dev.1", "pre-release"), ("{}+1", "build above")],
    "semver": [("{}-rc.1", "pre-release"), ("{}+build", "build metadata")],
    "dotted": [("{}.0", "longer above"), ("{}.1", "longer above")],
    "padded": [("{}.1", "longer above")],
}


def near(version, style, role):
    """Versions around a boundary, each with why."""
    yield version, f"at the {role}"
    for by, word in ((-1, "just below"), (1, "just above")):
        other = step(version, by)
        if other:
            yield other, f"{word} the {role}"
    for spelling, word in SPELLINGS[style]:
        if style in ("npm", "semver", "pub", "go", "nuget") and re.search(r"[-+]", version):
            continue
        yield spelling.format(version), f"{word}, {role}"
    if style in ("deb", "rpm") and re.match(r"\d+:", version):
        yield version.split(":", 1)[1], f"epoch left out, {role}"
    if style == "apk":
        yield re.sub(r"-r\d+$", "_rc1-r0", version), f"release candidate, {role}"
        yield re.sub(r"-r\d+$", "_p1-r0", version), f"patch level, {role}"
        yield re.sub(r"-r\d+$", "-r99", version), f"high revision, {role}"


ROLES = {">=": "introduction", ">": "introduction", "<": "fix", "<=": "last affected", "|": "limit"}


def candidates(statements, style, random):
    """Versions worth asking, and why."""
    found = {}
    for one in statements:
        for events in one["ranges"]:
            for event in events:
                if event == "semver":
                    continue
                operator, version = split(event)
                if version not in ("0", "*"):
                    for text, why in near(version, style, ROLES[operator]):
                        found.setdefault(text, why)
        listed = one["versions"]
        for version in random.sample(listed, min(2, len(listed))):
            found.setdefault(version, "listed version")
            if random.random() < 0.3:
                found.setdefault(version + ".99", "beside a listed version")
    return found
