"""The API holds what its description promises, whatever is sent: schemathesis makes the requests from the description that is served.

ZEROTRACE_SCAN_SECONDS=600 goes on with random requests for that long, drawn from ZEROTRACE_SCAN_SEED (1); without it, only each rule of the
description is tried and broken.
"""
import json
import os
import pathlib
import subprocess
import sys

from installation import wait_for

HERE = pathlib.Path(__file__).parent
SCHEMATHESIS = pathlib.Path(sys.executable).with_name("schemathesis")
# The first two end the sign-in of the scan, the third needs a WebSocket.
LEFT_OUT = ["signOut", "endOwnSession", "openStream"]


def test_the_api_is_as_described(installation, host, tmp_path):
    installation.stop()
    installation.variables = {"API_RATE_LIMIT": "1000000"}
    installation.start()
    installation.agent(installation.token("Acme"), host)
    token = installation.sign_in()
    wait_for(lambda: installation.items("/v1/vulnerabilities", token), "findings")
    scopes = installation.request("GET", "/openapi.json").json["components"]["schemas"]["Scope"]["enum"]
    made = installation.request(
        "POST", "/v1/api-tokens", {"name": "scan", "scopes": scopes, "expires_in": 86400}, token=token)
    assert made.status == 201, made.body
    # What an API token may do, then what only a person may.
    for bearer, part in [(made.json["token"], []), (token, ["--include-tag", "Access"])]:
        seconds = os.environ.get("ZEROTRACE_SCAN_SECONDS")
        phases = ["--phases", "examples,coverage,fuzzing,stateful", "--max-time", seconds] if seconds else ["--phases", "examples,coverage"]
        report = tmp_path / "report.json"
        result = subprocess.run(
            [SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml", "run", f"{installation.url}/openapi.json",
             *phases, *part, "--continue-on-failure", "--request-timeout", "60", "--report", "json", "--report-json-path", report, "--seed", os.environ.get("ZEROTRACE_SCAN_SEED", "1"),
             *[word for id in LEFT_OUT for word in ("--exclude-operation-id", id)]],
            env={**os.environ, "SCAN_TOKEN": bearer, "SCAN_HOOKS": HERE / "schemathesis_hooks.py"}, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout[-20_000:] + result.stderr
        assert installation.server.poll() is None
    assert not [line for line in installation.log.read_text().splitlines() if " error " in line or " critical " in line]
