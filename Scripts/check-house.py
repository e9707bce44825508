#!/usr/bin/env python3
"""Checks what the compiler does not: that imports are declared, and that only authentication mints company scopes.

The floors themselves are checked by Package.swift, which does not load when a target depends on one that is not below it. But a
source file can import a module that its target never declared, whenever something else happens to build it first.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Who may call CompanyScope's initialiser, and why.
MINTERS = {
    "Sources/Gateway/Authentication/Authenticator.swift": "verified tokens and device credentials",
    "Sources/zerotrace-server/Commands/TokenCommand.swift": "the operator's own command line",
    "Sources/zerotrace-server/Commands/AgentCommand.swift": "the operator's own command line",
    "Sources/zerotrace-server/Commands/QueueCommand.swift": "the operator's own command line",
    "Sources/zerotrace-server/Commands/RetentionCommand.swift": "the operator's own command line",
    "Sources/zerotrace-fleet/CompanyLoad.swift": "a benchmark that is installed nowhere, of companies that it made itself",
}
# Those that read companies' ids back from where they were written, and tests.
MINTING_TARGETS = (
    "Sources/SQLiteStore/", "Sources/PostgresStore/", "Sources/RedisJobQueue/", "Sources/RedisEventBus/",
    "Sources/RemoteCaching/",
    "Sources/StoresTesting/", "Sources/JobQueueTesting/", "Sources/EventsTesting/", "Tests/",
)

IMPORT = re.compile(r"^\s*(?:@\w+(?:\(\w+\))?\s+)*import\s+(?:(?:struct|class|enum|protocol|func|var|let)\s+)?(\w+)", re.M)


def declared_modules(package):
    """For each target: the modules of this package that it declares."""
    return {
        target["name"]: {name for d in target["dependencies"] if (name := (d.get("byName") or d.get("target") or [None])[0])}
        for target in package["targets"]
    }


def main():
    dump = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, check=True)
    package = json.loads(dump.stdout)
    declared = declared_modules(package)
    problems = []
    for target in package["targets"]:
        name = target["name"]
        folder = ROOT / (target.get("path") or ("Tests/" if target["type"] == "test" else "Sources/") + name)
        for file in sorted(folder.rglob("*.swift")):
            path = file.relative_to(ROOT).as_posix()
            text = file.read_text()
            for module in IMPORT.findall(text):
                if module in declared and module != name and module not in declared[name]:
                    problems.append(f"{path} imports {module}, which {name} does not declare")
            if "@_spi(Minting)" in text and path != "Sources/Stores/CompanyScope.swift":
                if path not in MINTERS and not path.startswith(MINTING_TARGETS):
                    problems.append(f"{path} mints company scopes, which only authentication may")
        if target["type"] == "regular" and name[1:2].islower() and not (folder / "README.md").exists():
            problems.append(f"{name} has no README.md that says what it is for")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(declared)} targets, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
