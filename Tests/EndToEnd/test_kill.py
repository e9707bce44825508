"""Killed anywhere, nothing lost, nothing twice."""
import json
import os
import random
import subprocess
import time

from installation import PROGRAMS, wait_for

AGENTS = 200
KILLS = 20


def start_load(installation, token, count, duration, seed=1):
    """Simulated agents of one company, whose changes are a few in each heartbeat."""
    environment = {**os.environ, "ZEROTRACE_ENROLLMENT_TOKEN": token}
    command = [
        PROGRAMS / "zerotrace", "loadtest", "--server", installation.url, "--index", installation.data / "index" / "current",
        "--agents", str(count), "--packages", "60", "--duration", str(duration), "--arrivals", "5", "--format", "json",
        "--changes-per-second", str(count / 2), "--seed", str(seed),
    ]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def load_report(load):
    """What a load that was disturbed tells: requests may have failed, answers may not be wrong."""
    output, _ = load.communicate(timeout=300)
    report = json.loads(output)
    print(report["requests"], report["failures"]["count"])
    assert report["unfinished"] == 0
    assert report["wrong"]["count"] == 0, report["wrong"]["examples"]
    return report


def agents(installation):
    fields = [line.split("\t") for line in installation.run("agent", "list", "--company", "Acme").splitlines()]
    return {row[0]: {"state": row[1], "received": row[4], "applied": row[5]} for row in fields}


def test_every_agent_is_right_after_the_server_was_killed_twenty_times(installation):
    load = start_load(installation, installation.token("Acme", uses=AGENTS), AGENTS, duration=45)
    moments = random.Random(20)
    for _ in range(KILLS):
        time.sleep(moments.uniform(0.2, 2.5))
        assert load.poll() is None, "the load ended before the last kill"
        installation.kill()
        installation.start()
    report = load_report(load)
    assert len(report["digests"]) == AGENTS

    wait_for(lambda: all(a["state"] == "current" for a in agents(installation).values()), "every inventory to be applied")
    stored = agents(installation)
    assert {name: agent["applied"] for name, agent in stored.items()} == report["digests"]
    assert installation.run("verify") == "no difference"
    events = installation.items("/v1/events?limit=500", installation.sign_in())
    assert len({event["id"] for event in events}) == len(events)
    enrolled = [event["data"]["agent_id"] for event in events if event["type"] == "agent_enrolled"]
    assert sorted(enrolled) == sorted(report["digests"]), "each agent enrolled once"
