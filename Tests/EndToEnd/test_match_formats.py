"""The report formats against their schemas, from the command line."""
import csv
import io
import json
import os
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from installation import KEV, PROGRAMS, PYPI, ROOT, TRACKER, write_mirror
from jsonschema import Draft202012Validator

BILL = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [
        {"type": "operating-system", "name": "debian", "version": "12"},
        {"type": "library", "name": "openssl", "purl": "pkg:deb/debian/openssl@3.0.8-1?arch=amd64"},
        {"type": "library", "name": "requests", "purl": "pkg:pypi/requests@2.28.0"},
        {"type": "library", "name": "thing", "purl": "pkg:generic/thing@1"},
    ],
}

VEX = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/vex-1",
    "author": "Ann",
    "timestamp": "2026-01-01T00:00:00Z",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-2023-32681"},
            "products": [{"@id": "pkg:pypi/requests"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
    ],
}


@pytest.fixture
def match(tmp_path):
    """Runs `zerotrace match` on the bill against the sample feeds."""
    write_mirror(tmp_path / "feeds", TRACKER, PYPI)
    (tmp_path / "bill.json").write_text(json.dumps(BILL))
    (tmp_path / "vex.json").write_text(json.dumps(VEX))

    def run(*arguments, code=0):
        result = subprocess.run(
            [PROGRAMS / "zerotrace", "match", "--feed", "feeds", "--sbom", "bill.json", *arguments],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        )
        assert result.returncode == code, result.stderr
        return result.stdout

    run.folder = tmp_path
    return run


def findings(text):
    return {(row["purl"], row["id"]) for row in json.loads(text)["matches"]}


def test_json_is_as_the_published_schema_says(match):
    schema = json.loads((ROOT / "Docs" / "match-report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    (match.folder / "ignore").write_text("CVE-2023-0464 pkg:deb/debian/openssl until=2999-01-01 # later\n")
    for arguments in [[], ["--vex", "vex.json"], ["--ignore", "ignore"], ["--only-fixed"], ["--sbom", "bill.json"]]:
        text = match("--format", "json", *arguments)
        Draft202012Validator(schema).validate(json.loads(text))
        assert text == match("--format", "json", *arguments)
    exploited = KEV["vulnerabilities"][0]["cveID"]
    rows = json.loads(match("--format", "json"))["matches"]
    assert {row["id"] for row in rows if row["kev"]} == {exploited}


def test_cyclonedx_is_as_its_schema_says(match):
    text = match("--format", "cyclonedx", "--vex", "vex.json")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    # A vulnerability disclosure is a VEX document, too: given back, it decides the same.
    (match.folder / "own.cdx.json").write_text(text)
    again = match("--format", "json", "--vex", "own.cdx.json")
    assert findings(again) == findings(match("--format", "json", "--vex", "vex.json"))


def test_the_other_formats_agree_on_the_findings(match):
    expected = findings(match("--format", "json"))
    assert len(expected) >= 2
    sarif = json.loads(match("--format", "sarif"))["runs"][0]
    assert {(row["properties"]["purl"], row["ruleId"]) for row in sarif["results"]} == expected
    assert all(row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bill.json" for row in sarif["results"])
    vex = json.loads(match("--format", "openvex"))
    assert {(row["products"][0]["@id"], row["vulnerability"]["name"]) for row in vex["statements"]} == expected
    assert vex["timestamp"] == "2023-11-14T22:13:20Z"
    rows = csv.DictReader(io.StringIO(match("--format", "csv"), newline=""))
    assert {(row["purl"], row["id"]) for row in rows} == expected
    page = match("--format", "html")
    assert all(id in page for _, id in expected)


def test_exit_codes_tell_findings_from_faults(match):
    match("--fail-on", "low", code=1)
    match("--fail-on", "low", "--sbom", "missing.json", code=65)
    match("--fail-on", "grave", code=64)
    (match.folder / "broken").write_text("CVE-1 CVE-2\n")
    match("--ignore", "broken", code=65)
