"""Many processes: what one learns the others show, and any of them may die."""
import contextlib
import json
import random
import threading
import time
import urllib.request

import pytest
from data_servers import AVAILABLE
from installation import TRACKER, XZ, wait_for
from test_kill import agents, load_report, start_load
from test_main_path import EXPECTED, findings
from topology import Topology
from websockets.sync.client import connect

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="PostgreSQL, Redis or memcached are not installed")

AGENTS = 60


@pytest.fixture
def topology(tmp_path):
    place = Topology(tmp_path, drain=3)
    try:
        place.sync()
        assert place.run("company", "create", "Too early", check=False) == ""
        assert "missing: create_accounts" in place.run("migrate", "--dry-run")
        assert place.run("migrate").startswith("done: create_accounts")
        assert place.run("migrate") == "nothing to do"
        place.company("Acme")
        place.user("Acme")
        place.start()
        yield place
    finally:
        place.stop()


@contextlib.contextmanager
def listening(gateway, token):
    """A live stream of a gateway; gives the list to which events are appended as they come."""
    events = []

    def read(socket):
        for text in socket:
            message = json.loads(text)
            if message["type"] == "event":
                events.append(message["event"])

    with connect(gateway.url.replace("http", "ws") + "/v1/stream", origin=gateway.url) as socket:
        socket.send(json.dumps({"type": "subscribe", "access_token": token}))
        assert json.loads(socket.recv())["type"] == "subscribed"
        reader = threading.Thread(target=read, args=[socket])
        reader.start()
        yield events
    reader.join()


def test_an_agent_of_one_gateway_is_seen_live_through_the_other(topology, host):
    one, two = topology.gateways
    token = topology.at(two).sign_in()
    with listening(two, token) as events:
        topology.agent(topology.token("Acme"), host)
        wait_for(lambda: [e["type"] for e in events][:2] == ["agent_enrolled", "inventory_applied"], "both events")
        assert findings(topology.at(two), token) == EXPECTED
        # A token that one gateway gave is good at the other.
        assert topology.at(one).request("GET", "/v1/overview", token=token).json["agents"]["total"] == 1

        topology.sync({**TRACKER, "xz-utils": XZ})
        wait_for(lambda: [e["type"] for e in events][2:] == ["verdicts_changed"], "the new advisory on the stream")
    assert findings(topology.at(one), token) == {**EXPECTED, "CVE-2024-3094": ["xz-utils"]}
    # One of the two processors did it.
    applied = [role.log.read_text().count('"index applied"') for role in topology.processors]
    assert sorted(applied)[0] == 0, applied
    assert topology.run("verify") == "no difference"


def test_everything_is_done_whatever_died(topology):
    token = topology.token("Acme", uses=2 * AGENTS)
    loads = [
        start_load(topology.at(gateway), token, AGENTS, duration=30, seed=seed)
        for seed, gateway in enumerate(topology.gateways)
    ]
    moments = random.Random(4)
    victims = [*topology.roles, *topology.processors]
    moments.shuffle(victims)
    for victim in victims:
        time.sleep(moments.uniform(0.5, 2.5))
        victim.kill()
        topology.redis.command("flushall")
        time.sleep(moments.uniform(0.1, 1))
        victim.start()
    topology.redis.stop()
    topology.memcached.stop()
    time.sleep(2)
    topology.redis.start()
    digests = {}
    for child in loads:
        digests.update(load_report(child)["digests"])
    assert len(digests) == 2 * AGENTS
    for gateway in topology.gateways:
        topology.wait_until_ready(gateway)
    wait_for(
        lambda: all(a["state"] == "current" for a in agents(topology).values()), "every inventory to be applied", 180)
    assert {name: agent["applied"] for name, agent in agents(topology).items()} == digests
    assert topology.run("verify") == "no difference"
    two = topology.at(topology.gateways[1])
    events = two.items("/v1/events?limit=500", two.sign_in())
    assert len({event["id"] for event in events}) == len(events)
    enrolled = [event["data"]["agent_id"] for event in events if event["type"] == "agent_enrolled"]
    assert sorted(enrolled) == sorted(digests), "each agent enrolled once"
    assert topology.run("queue", "dead", "list") == ""


def bash_version(topology, token):
    agent = topology.items("/v1/agents", token)[0]["id"]
    packages = topology.items(f"/v1/agents/{agent}/packages?q=bash", token)
    return packages[0]["version"] if packages else None


def test_every_role_is_exchanged_without_a_failed_request(topology, host):
    """What a load balancer does: asks /-/ready, and sends requests to whoever says yes."""
    token = topology.sign_in()
    failures, answers = [], 0
    usable = {gateway.url: True for gateway in topology.gateways}
    ended = threading.Event()

    def check():
        while not ended.is_set():
            for url in usable:
                try:
                    with urllib.request.urlopen(url + "/-/ready", timeout=5) as reply:
                        usable[url] = reply.status == 200
                except OSError:
                    usable[url] = False
            time.sleep(0.2)

    def ask():
        nonlocal answers
        while not ended.is_set():
            for url in [url for url, works in usable.items() if works]:
                request = urllib.request.Request(url + "/v1/overview", headers={"Authorization": f"Bearer {token}"})
                try:
                    with urllib.request.urlopen(request, timeout=30) as reply:
                        assert reply.status == 200
                        answers += 1
                except (OSError, AssertionError) as error:
                    failures.append(repr(error))

    threads = [threading.Thread(target=target) for target in [check, ask, ask, ask]]
    for thread in threads:
        thread.start()
    two = topology.gateways[1]
    topology.agent(topology.token("Acme"), host)
    wait_for(lambda: findings(topology, token) == EXPECTED, "the first findings")
    for gateway in topology.gateways:
        assert gateway.end() == 0
        gateway.start()
        topology.wait_until_ready(gateway)
        wait_for(lambda: usable[gateway.url], "the gateway to be used again")
    for version, role in enumerate([*topology.processors, *topology.enrichment], start=1):
        host.upgrade("bash", f"5.2.15-{2 + version}")
        assert role.end() == 0
        wait_for(lambda: "leased companies\t0" in topology.run("queue", "status"), "the lease to be given back", 30)
        role.start()
        wait_for(lambda: bash_version(topology.at(two), token) == f"5.2.15-{2 + version}", "the change to show")
    ended.set()
    for thread in threads:
        thread.join()
    print(f"{answers} answers")
    assert failures == []
    assert answers > 20


def test_readiness_says_which_part_is_down(topology):
    def checks():
        answer = topology.request("GET", "/-/ready")
        return answer.status, {check["name"]: check["passing"] for check in answer.json["checks"]}

    everything = {"cache-memcached": True, "cache-redis": True, "clock": True, "enrichment": True, "queue": True, "store": True}
    wait_for(lambda: checks() == (200, everything), "all parts to be well")
    topology.redis.stop()
    # Agents are answered all the same, and what they bring is found in the database.
    wait_for(lambda: checks()[0] == 200 and not checks()[1]["queue"], "the queue to be told of as down")
    topology.postgres.stop()
    wait_for(lambda: checks()[0] == 503 and not checks()[1]["store"], "the store to be told of as down")
