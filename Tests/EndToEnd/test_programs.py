"""The small program and the one with all commands give the same answers."""
import json
import subprocess

import pytest
from installation import PROGRAMS, PYPI, TRACKER, write_mirror
from test_match_formats import BILL, VEX


@pytest.fixture
def both(tmp_path):
    """Runs a command line with both programs and compares exit code, output and, where asked for, errors."""
    write_mirror(tmp_path / "feeds", TRACKER, PYPI)
    (tmp_path / "bill.json").write_text(json.dumps(BILL))
    (tmp_path / "vex.json").write_text(json.dumps(VEX))
    (tmp_path / "broken.json").write_text('{"bomFormat": ')
    subprocess.run(
        [PROGRAMS / "zerotrace", "index", "build", "--feed", "feeds", "--output", "all.ztx"],
        cwd=tmp_path, check=True, capture_output=True, timeout=120,
    )

    def run(line, text=""):
        small, full = (
            subprocess.run(
                [PROGRAMS / program, *line.split()], cwd=tmp_path, input=text, capture_output=True, text=True, timeout=120,
                check=False, env={"SOURCE_DATE_EPOCH": "1700000000", "ZEROTRACE_DATA": str(tmp_path / "data")},
            )
            for program in ("zerotrace", "zerotrace-server")
        )
        assert (small.returncode, small.stdout, small.stderr) == (full.returncode, full.stdout, full.stderr)
        return full

    return run


MATCH = "match --index all.ztx --sbom bill.json"


@pytest.mark.parametrize("line,code", [
    ("--version", 0), ("--help", 0), ("", 0), ("match --help", 0), ("nonsense", 64),
    (MATCH, 0), (f"{MATCH} --format json", 0), (f"{MATCH} --format=sarif --vex vex.json", 0), (f"{MATCH} --format cyclonedx", 0),
    (f"{MATCH} --fail-on low", 1), (f"{MATCH} --fail-on=none", 64), (f"{MATCH} --only-fixed --all", 0),
    (f"{MATCH} --explain CVE-2023-32681", 0), (f"{MATCH} --explain CVE-2023-32681 --format csv", 64), (f"{MATCH} --limit -1", 64),
    ("match --index all.ztx", 64), ("match --index missing.ztx --sbom bill.json", 65), ("match --index all.ztx --sbom broken.json", 65),
    ("match --sbom bill.json", 64), ("scan --index all.ztx --root feeds --format json", 0), ("version-compare", 64),
])
def test_both_programs_answer_alike(both, line, code):
    assert both(line).returncode == code


def test_line_by_line_too(both):
    assert both("version-compare --ecosystem deb", "1.0~rc1\t1.0\n").stdout == "<\n"
    assert '"name":"six"' in both("purl parse", "pkg:pypi/six@1\n").stdout
    assert both("purl format", '{"type":"pypi","name":"six"}\n').stdout == "pkg:pypi/six\n"
    assert both("match --index all.ztx --sbom - --format csv", json.dumps(BILL)).stdout.count("\n") > 1
