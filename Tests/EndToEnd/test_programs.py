"""The small program and the one with all commands give the same answers."""
import json
import subprocess
import zipfile

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


@pytest.mark.parametrize("line", ["scan --root feeds", "match --sbom bill.json"])
def test_without_advisories_the_first_steps_are_told_and_nothing_else(both, line):
    ended = both(line)
    assert ended.returncode == 64 and ended.stdout == ""
    assert ended.stderr.startswith("Error: there are no advisories to match against: none lie in ")
    for step in ("zerotrace feeds sync", "zerotrace index build --feed PATH", "--feed PATH"):
        assert step in ended.stderr
    assert "Usage:" not in ended.stderr


def test_what_is_no_feed_is_described(both, tmp_path):
    (tmp_path / "README.md").write_text("# Feeds\n")
    for place in ("README.md", "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        ended = both(f"index build --feed {place} --output none.ztx")
        assert ended.returncode == 1 and not (tmp_path / "none.ztx").exists()
        assert {"README.md": "text that begins “# Feeds”", "empty": "it is empty"}[place] in ended.stderr
        assert "Feeds are: OSV records" in ended.stderr


def test_json_of_a_damaged_index_is_whole_or_absent(both, tmp_path):
    """More than one piece of output, and an index of many pages: whichever page is damaged, no half of a document comes out."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number in range(400):
            record = {
                "id": f"PYSEC-2024-{number}", "modified": "2024-01-01T00:00:00Z", "summary": f"{number} " * 80,
                "affected": [{"package": {"ecosystem": "PyPI", "name": f"p{number}"}, "versions": ["1"]}],
            }
            archive.writestr(f"{number}.json", json.dumps(record))
    (tmp_path / "many.txt").write_text("".join(f"pkg:pypi/p{number}@1\n" for number in range(400)))
    assert both("index build --feed all.zip --output many.ztx").returncode == 0
    whole = both("match --index many.ztx --sbom many.txt --format json")
    assert whole.returncode == 0 and len(whole.stdout) > 2 * 64 * 1024
    sound = (tmp_path / "many.ztx").read_bytes()
    refused = 0
    for place in range(1024 + 2048, len(sound), max(4096, len(sound) // 60)):
        (tmp_path / "damaged.ztx").write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1:])
        ended = subprocess.run(
            [PROGRAMS / "zerotrace", *"match --index damaged.ztx --sbom many.txt --format json".split()],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )
        assert (ended.returncode, ended.stdout) in ((0, whole.stdout), (65, "")), f"damaged at byte {place}"
        refused += ended.returncode == 65
    assert refused
