"""What arrives from outside may be anything: it gets a clear answer and a line in the log, and the server goes on."""
import gzip
import json
import time
import zlib

import pytest
from agent_protocol import ProtocolAgent
from installation import wait_for

PURL = "pkg:deb/debian/libssl3@3.0.8-1?arch=amd64&distro=debian-12&upstream=openssl"


@pytest.fixture
def agent(installation):
    """An agent that speaks the protocol from its description, written apart from the real one."""
    agent = ProtocolAgent(installation)
    assert agent.enroll(installation.token("Acme")).status == 201
    return agent


def bomb(size):
    """A gzip stream that unpacks to `size` bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"a" * (1 << 20)
    parts = [packer.compress(block) for _ in range(size >> 20)]
    return b"".join(parts) + packer.flush()


BODIES = {
    "truncated gzip": (gzip.compress((PURL + "\n").encode() * 100)[:-20], 400),
    "no gzip at all": (b"hello", 400),
    "a 100 MB zip bomb": (bomb(100 << 20), 413),
    "invalid UTF-8": (gzip.compress(b"pkg:deb/debian/\xff\xfe@1\n"), 400),
    "a line that is no purl": (gzip.compress(b"pkg:deb/debian/a@1\nrubbish\n"), 400),
    "empty body": (b"", 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_broken_inventory_is_refused_with_the_place(installation, agent, name):
    body, status = BODIES[name]
    answer = agent.put_inventory(body)
    assert answer.status == status, answer.body
    error = answer.json["error"]
    assert error["code"] and error["message"] and error["request_id"]
    assert error["request_id"] in installation.log.read_text()
    # The good inventory that follows is taken, and nothing of the broken one is left.
    assert agent.put_inventory(gzip.compress((PURL + "\n").encode())).status == 202
    token = installation.sign_in()
    wait_for(
        lambda: [a["packages"] for a in installation.items("/v1/agents", token) if a["inventory_state"] == "current"] == [1],
        "the good inventory to be applied")


DOCUMENTS = {
    "JSON 10,000 levels deep": b'{"email":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "wrong types": b'{"email": 7, "password": {}}',
    "missing fields": b"{}",
    "invalid UTF-8": b'{"email": "\xff\xfe", "password": "x"}',
    "cut short": b'{"email": "a@b',
    "not JSON": b"email=a",
    "empty": b"",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_broken_document_is_refused(installation, name):
    answer = installation.request("POST", "/v1/auth/login", DOCUMENTS[name], headers={"Content-Type": "application/json"})
    assert answer.status == 400, answer.body
    assert answer.json["error"]["request_id"] in installation.log.read_text()
    assert installation.sign_in()


def test_an_enrollment_token_ends_with_its_uses_its_time_and_its_revocation(installation):
    once = installation.token("Acme", uses=1)
    assert ProtocolAgent(installation).enroll(once).status == 201
    refused = ProtocolAgent(installation).enroll(once)
    assert (refused.status, refused.code) == (403, "enrollment_token_used_up")
    refused = ProtocolAgent(installation).enroll("zte_" + "A" * 43)
    assert (refused.status, refused.code) == (403, "token_unknown")
    revoked = installation.token("Acme", uses=5)
    listed = installation.run("token", "list", "--company", "Acme").splitlines()
    installation.run("token", "revoke", "--company", "Acme", listed[0].split("\t")[0])
    assert 400 <= ProtocolAgent(installation).enroll(revoked).status < 500
    # A token's shortest life is an hour, so its end is brought near in the database.
    expired = installation.token("Acme", uses=5)
    installation.execute("update enrollment_tokens set expires_at = 1 where revoked_at is null and uses = 0")
    refused = ProtocolAgent(installation).enroll(expired)
    assert (refused.status, refused.code) == (403, "enrollment_token_expired")
    assert len(installation.items("/v1/agents", installation.sign_in())) == 1


def test_a_captured_request_cannot_be_sent_again(installation, agent):
    body = gzip.compress((PURL + "\n").encode())
    headers = agent.headers("PUT", "/v1/agent/inventory", {"Content-Type": "application/vnd.zerotrace.inventory", "Content-Encoding": "gzip"})
    assert installation.request("PUT", "/v1/agent/inventory", body, headers=headers).status == 202
    again = installation.request("PUT", "/v1/agent/inventory", body, headers=headers)
    assert (again.status, again.code) == (401, "proof_replayed")


def test_a_stolen_or_forged_token_is_worth_nothing(installation, agent):
    thief = ProtocolAgent(installation)
    thief.enroll(installation.token("Acme"))
    thief.access_token = agent.access_token
    assert thief.heartbeat().status == 401
    head, payload, signature = agent.access_token.split(".")
    agent.access_token = f"{head}.{payload}.{'A' * len(signature)}"
    assert agent.heartbeat().status == 401
    assert installation.request("GET", "/v1/agents", token=f"{head}.{payload}.{signature}").status == 401
    person = installation.sign_in()
    head, payload, signature = person.split(".")
    assert installation.request("GET", "/v1/agents", token=f"{head}.{payload}.{'A' * len(signature)}").status == 401
    assert installation.request("GET", "/v1/agents", token="rubbish").status == 401
    assert installation.request("POST", "/v1/auth/logout", token=person).status in (200, 204)
    assert installation.request("GET", "/v1/agents", token=person).status == 401


def test_a_proof_from_the_wrong_time_is_refused_with_the_servers_time(installation, agent):
    answer = agent.heartbeat(now=time.time() - 3_600)
    assert (answer.status, answer.code) == (401, "clock_skew")
    assert abs(json.loads(answer.body)["server_time"] - time.time()) < 60


def test_another_companys_ids_are_unknown(installation, agent):
    agent.put_inventory(gzip.compress((PURL + "\n").encode()))
    token = installation.sign_in()
    (own,) = installation.items("/v1/agents", token)
    installation.company("Globex")
    installation.user("Globex", "bob@example.com")
    other = installation.sign_in("bob@example.com")
    for path in ("", "/packages", "/findings"):
        assert installation.request("GET", f"/v1/agents/{own['id']}{path}", token=token).status == 200
        assert installation.request("GET", f"/v1/agents/{own['id']}{path}", token=other).status == 404
    assert installation.items("/v1/agents", other) == []
    assert installation.items("/v1/vulnerabilities", other) == []
    assert installation.items("/v1/events?newest=true", other) == []
