"""Killed anywhere, nothing lost, nothing twice."""
import json
import os
import random
import subprocess
import time

from installation import PROGRAMS, wait_for

AGENTS = 200
KILLS = 20


def write_pool(path):
    """Packages to draw inventories from: 400 versions of packages, some of them vulnerable."""
    purls = [f"pkg:deb/debian/filler{n}@1.{n}-1?arch=amd64&distro=debian-12" for n in range(380)]
    for minor in range(7, 17):
        purls.append(f"pkg:deb/debian/libssl3@3.0.{minor}-1?arch=amd64&distro=debian-12&upstream=openssl")
        purls.append(f"pkg:pypi/requests@2.{minor + 15}.0")
    components = [{"type": "library", "name": p, "purl": p} for p in purls]
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}))


def agents(installation):
    fields = [line.split("\t") for line in installation.run("agent", "list", "--company", "Acme").splitlines()]
    return {row[0]: {"state": row[1], "received": row[4], "applied": row[5]} for row in fields}


def test_every_agent_is_right_after_the_server_was_killed_twenty_times(installation, tmp_path):
    write_pool(tmp_path / "pool.json")
    environment = {**os.environ, "ZEROTRACE_ENROLLMENT_TOKEN": installation.token("Acme", uses=AGENTS)}
    command = [
        PROGRAMS / "zerotrace", "loadtest", "--server", installation.url, "--sbom", tmp_path / "pool.json",
        "--agents", str(AGENTS), "--packages", "60", "--seconds", "45", "--pause", "1",
    ]
    load = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    moments = random.Random(20)
    for _ in range(KILLS):
        time.sleep(moments.uniform(0.2, 2.5))
        assert load.poll() is None, "the load ended before the last kill"
        installation.kill()
        installation.start()
    output, _ = load.communicate(timeout=300)
    report = json.loads(output)
    print({key: report[key] for key in ("exchanges", "failures", "latency")})
    assert report["unfinished"] == 0
    assert len(report["digests"]) == AGENTS

    wait_for(lambda: all(a["state"] == "current" for a in agents(installation).values()), "every inventory to be applied")
    stored = agents(installation)
    assert {name: agent["applied"] for name, agent in stored.items()} == report["digests"]
    assert installation.run("verify") == "no difference"
    events = installation.items("/v1/events?limit=500", installation.sign_in())
    assert len({event["id"] for event in events}) == len(events)
    enrolled = [event["data"]["agent_id"] for event in events if event["type"] == "agent_enrolled"]
    assert sorted(enrolled) == sorted(report["digests"]), "each agent enrolled once"
