"""A finding told to a webhook that fails and repeats, accepted by two people, and open again when its time is over."""
import base64
import datetime
import hashlib
import hmac
import http.server
import json
import threading

import pytest
from installation import TRACKER, XZ, wait_for
from test_main_path import EXPECTED, findings


class Receiver(http.server.ThreadingHTTPServer):
    """A webhook that takes every request and, of the first ones, loses the answer or says no."""

    def __init__(self):
        self.requests = []
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def taken(self):
        with self.lock:
            return [request for request in self.requests if request["answer"] == 200]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            answer = {0: 500, 1: None}.get(len(self.server.requests), 200)
            self.server.requests.append({
                "id": self.headers["webhook-id"], "time": self.headers["webhook-timestamp"],
                "signature": self.headers["webhook-signature"], "body": body, "answer": answer,
            })
        if answer is None:
            self.connection.close()
            return
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def is_signed(request, secret):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{request['id']}.{request['time']}.".encode() + request["body"]
    code = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return request["signature"] == f"v1,{code}"


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


def test_each_finding_is_told_once_though_the_receiver_fails(tmp_path, installation, host, receiver):
    installation.stop()
    installation.variables = {"NOTIFY_TRUSTED_HOSTS": "127.0.0.1"}
    installation.start()
    token = installation.sign_in()
    made = installation.request("POST", "/v1/notification-endpoints", {"url": receiver.url}, token=token)
    assert made.status == 201, made.body
    secret = made.json["secret"]

    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: findings(installation, token) == EXPECTED, "the first findings")

    def told():
        return sorted(json.loads(request["body"])["data"]["vulnerability"] for request in receiver.taken())

    # Two of the requests failed and come again after seconds.
    wait_for(lambda: told() == sorted(EXPECTED), "all to be told")
    installation.sync({**TRACKER, "xz-utils": XZ})
    _, seconds = wait_for(lambda: told() == sorted([*EXPECTED, "CVE-2024-3094"]), "the new advisory to be told")
    print(f"new index to webhook: {seconds:.2f} s")
    assert all(is_signed(request, secret) for request in receiver.requests)
    assert len({request["id"] for request in receiver.requests}) == len(EXPECTED) + 1
    assert len(receiver.requests) == len(EXPECTED) + 3, "two were repeated under their ids"
    wait_for(
        lambda: {item["state"] for item in installation.items("/v1/notifications", token)} == {"delivered"},
        "all to be delivered")


def test_a_host_of_the_operators_network_is_not_told(installation, host, receiver):
    token = installation.sign_in()
    refused = installation.request("POST", "/v1/notification-endpoints", {"url": receiver.url}, token=token)
    assert refused.code == "invalid_request"
    name = receiver.url.replace("http://127.0.0.1", "https://localhost")
    made = installation.request("POST", "/v1/notification-endpoints", {"url": name}, token=token)
    assert made.status == 201
    test = installation.request("POST", f"/v1/notification-endpoints/{made.json['id']}/test", {}, token=token)
    assert test.status == 202, test.body
    failed, _ = wait_for(
        lambda: [n for n in installation.items("/v1/notifications", token) if n["failure"]], "the try to fail")
    assert failed[0]["failure"] == "target refused: the name leads to an address that is not public"
    assert receiver.requests == []


def test_a_risk_is_accepted_by_two_people_and_opens_again_at_its_time(installation, host):
    installation.user("Acme", "bob@example.com")
    ann, bob = installation.sign_in(), installation.sign_in("bob@example.com")
    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: findings(installation, ann) == EXPECTED, "the first findings")

    def accepted():
        items = installation.items("/v1/vulnerabilities?state=accepted", ann)
        return [item["id"] for item in items]

    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=20)
    body = {"vulnerability": "CVE-2023-0464", "reason": "not reachable", "expires_at": end.strftime("%Y-%m-%dT%H:%M:%SZ")}
    asked = installation.request("POST", "/v1/exceptions", body, token=ann)
    assert asked.status == 201, asked.body
    path = f"/v1/exceptions/{asked.json['id']}"
    own = installation.request("PUT", f"{path}/decision", {"approved": True}, token=ann)
    assert own.code == "own_request"
    assert accepted() == []
    decided = installation.request("PUT", f"{path}/decision", {"approved": True}, token=bob)
    assert decided.json["state"] == "active", decided.body
    assert accepted() == ["CVE-2023-0464"]
    shown = findings(installation, ann)
    assert shown == EXPECTED, "nothing is hidden"
    rest = {name: packages for name, packages in EXPECTED.items() if name != "CVE-2023-0464"}
    assert findings(installation, ann, "?state=open") == rest
    vex = installation.request("GET", "/v1/vex", token=ann).json
    assert [statement["status"] for statement in vex["statements"]] == ["affected"]
    wait_for(lambda: accepted() == [], "its time to be over")
    assert findings(installation, ann, "?state=open") == EXPECTED
    wait_for(
        lambda: installation.items("/v1/audit?action=exception.expired", ann), "its end to be in the audit log")
