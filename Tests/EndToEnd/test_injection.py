"""Nothing that a client sends reaches the database as SQL: sqlmap tries, on PostgreSQL, with a token that may do everything.

Without ZEROTRACE_SCAN_SECONDS the routes with the most parameters and two bodies are tried; with it, every GET route that takes something and more bodies.
"""
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse

import data_servers
import pytest
from installation import HostRoot, wait_for

SQLMAP = pathlib.Path(sys.executable).with_name("sqlmap")
pytestmark = pytest.mark.skipif(
    not data_servers.AVAILABLE or not SQLMAP.exists(), reason="PostgreSQL, Redis, memcached or sqlmap is not installed")

SHORT = ["/v1/agents", "/v1/agents/{id}/findings", "/v1/vulnerabilities/{id}/notes", "/v1/exceptions"]

# Where sqlmap puts its words in paths and bodies; behind a value that fits, so that handlers get as far as the database. In queries it finds the
# places itself, and encodes what it puts there as clients do.
MARK = "*"
VALUES = {
    "q": "open", "limit": "5", "days": "7", "package": "pkg:deb/debian/openssl@3.0.8-1?distro=debian-12", "after": "0",
    "from": "2026-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z", "actor": "person", "subject": "x", "assignee": "me",
    "vulnerability": "CVE-2023-0464", "code": "x", "state": "x", "cursor": "AAAAAAAAAAAAeyJsaXN0IjoiYSJ9",
}


def reading(document, agent, vulnerability):
    """Every GET route that takes something: once with the ids in its path marked, and once for its query."""
    for path, methods in document["paths"].items():
        if "get" not in methods or path == "/v1/stream":
            continue

        def filled(mark):
            return path.replace("{id}", (vulnerability if "vulnerabilities" in path else agent) + mark).replace("{provider}", "none" + mark)

        if "{" in path:
            yield path, "GET", filled(MARK), None
        query = {}
        for parameter in methods["get"].get("parameters", []):
            if parameter["in"] == "query" and parameter["name"] != "newest":
                query[parameter["name"]] = parameter["schema"].get("enum", [None])[0] or VALUES.get(parameter["name"], agent)
        if query:
            yield path, "GET", filled("") + "?" + urllib.parse.urlencode(query), None


def writing(agent, vulnerability):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1e6))
    bodies = [
        ("POST", "/v1/auth/login", {"email": "ann@example.com*", "password": "wrong*"}),
        ("PUT", f"/v1/agents/{agent}/labels", {"labels": ["a*"]}),
        ("POST", "/v1/enrollment-tokens", {"label": "a*", "maximum_uses": 1, "expires_in": 3600}),
        ("POST", f"/v1/vulnerabilities/{vulnerability}/notes", {"text": "a*"}),
        ("POST", "/v1/exceptions", {"vulnerability": vulnerability + MARK, "reason": "a*", "expires_at": soon}),
    ]
    return [(path, method, path, json.dumps(body)) for method, path, body in bodies]


def test_sqlmap_finds_nothing_on_postgresql(on_postgres, tmp_path):
    place = on_postgres
    place.agent(place.token("Acme"), HostRoot(tmp_path / "root"))
    person = place.sign_in()
    found, _ = wait_for(lambda: place.items("/v1/vulnerabilities", person), "findings")
    document = place.request("GET", "/openapi.json").json
    scopes = document["components"]["schemas"]["Scope"]["enum"]
    made = place.request("POST", "/v1/api-tokens", {"name": "scan", "scopes": scopes, "expires_in": 86400}, token=person)
    agent = place.items("/v1/agents", person)[0]["id"]
    everything = "ZEROTRACE_SCAN_SECONDS" in os.environ
    bodies = writing(agent, found[0]["id"])
    targets = [target for target in reading(document, agent, found[0]["id"]) if everything or target[0] in SHORT]
    targets += bodies if everything else bodies[1:3]
    assert len(targets) >= (30 if everything else 8)
    for number, (path, method, address, body) in enumerate(targets):
        command = [
            SQLMAP, "-u", place.url + address, "--method", method, "--batch", "--level", "2", "--risk", "2", "--dbms", "PostgreSQL",
            "--time-sec", "2", "--threads", "4", "--disable-coloring", "--ignore-code", "400,401,403,404,429",
            "-H", f"Authorization: Bearer {made.json['token']}", "--output-dir", tmp_path / f"sqlmap-{number}",
            *(["--data", body, "-H", "Content-Type: application/json"] if body else []),
        ]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600)
        assert "all tested parameters do not appear to be injectable" in result.stdout, f"{method} {path}\n{result.stdout[-5_000:]}"
        assert "identified the following injection" not in result.stdout, f"{method} {path}\n{result.stdout[-5_000:]}"
        assert place.server.poll() is None
    lines = place.log.read_text().splitlines()
    # A statement that broke would be an error here and a 500 for the client.
    assert not [line for line in lines if '"level":"error"' in line or '"level":"critical"' in line]
    assert sum('"message":"request"' in line for line in lines) > 100 * len(targets), "sqlmap was not just turned away"
