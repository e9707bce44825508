"""What nginx answers by itself, with the file of Scripts/production and gateways that are none."""
import contextlib
import json
import re
import socket
import ssl
import types

import front_servers
import pytest
from installation import free_port, wait_for

pytestmark = pytest.mark.skipif(not front_servers.AVAILABLE, reason="nginx, Prometheus or openssl is not installed")

HEADERS = {
    "content-type": "application/json", "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000", "cache-control": "no-store", "server": "nginx",
}


@contextlib.contextmanager
def proxy(folder, port):
    place = front_servers.Nginx(folder, [types.SimpleNamespace(port=port)])
    assert place.check() == ""
    place.start()
    try:
        wait_for(lambda: exchange(place, b"GET /-/proxy HTTP/1.1\r\nHost: a\r\n")[0] == 204, "nginx to answer")
        yield place
    finally:
        place.stop()


def exchange(place, head, tls=True):
    """Status, headers and body of one answer; status 0 when nobody listens yet."""
    try:
        with socket.create_connection(("127.0.0.1", place.port), timeout=30) as plain, contextlib.ExitStack() as stack:
            connection = plain
            if tls:
                trust = ssl.create_default_context(cafile=place.certificate)
                connection = stack.enter_context(trust.wrap_socket(plain, server_hostname="127.0.0.1"))
            connection.sendall(head + b"Connection: close\r\n\r\n")
            answer = b""
            while piece := connection.recv(65_536):
                answer += piece
    except ConnectionRefusedError:
        return 0, {}, b""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


def check(place, answer, status, code):
    assert answer[0] == status, answer
    assert {name: answer[1].get(name) for name in HEADERS} == HEADERS
    assert answer[1].get("retry-after") == ("5" if status in (502, 504) else None)
    error = json.loads(answer[2])["error"]
    assert set(error) == {"code", "message", "request_id"}
    assert (error["code"], answer[1]["x-request-id"]) == (code, error["request_id"])
    assert re.fullmatch("[0-9a-f]{32}", error["request_id"])

    def logged():
        lines = [json.loads(line) for line in (place.folder / "nginx-refusals.log").read_text().splitlines()]
        return [(line["status"], line["code"]) for line in lines if line["request_id"] == error["request_id"]]

    # nginx writes it when the connection is done.
    assert wait_for(logged, "the refusal in the log")[0] == [(str(status), code)]


def test_what_nginx_refuses_looks_like_the_api(tmp_path):
    with proxy(tmp_path, free_port()) as place:
        host = b"Host: a\r\n"
        for path in [b"/metrics", b"/-/ready", b"/-/refusal"]:
            check(place, exchange(place, b"GET " + path + b" HTTP/1.1\r\n" + host), 404, "not_found")
        check(place, exchange(place, b"POST /v1/agent/inventory HTTP/1.1\r\nContent-Length: 4194305\r\n" + host), 413, "too_large")
        check(place, exchange(place, b"GET /" + 9_000 * b"a" + b" HTTP/1.1\r\n" + host), 414, "too_large")
        check(place, exchange(place, b"GET /v1/me HTTP/1.1\r\nX: " + 9_000 * b"a" + b"\r\n" + host), 400, "malformed_message")
        check(place, exchange(place, b"GET /v1/me HTTP/1.1\r\n"), 400, "malformed_message")
        check(place, exchange(place, b"GET\r\n"), 400, "malformed_message")
        check(place, exchange(place, b"TRACE / HTTP/1.1\r\n" + host), 405, "method_not_allowed")
        check(place, exchange(place, b"GET /v1/me HTTP/1.1\r\n" + host, tls=False), 400, "malformed_message")
        # Nobody listens where the gateway should.
        check(place, exchange(place, b"GET /v1/me HTTP/1.1\r\n" + host), 502, "unavailable")


def test_a_gateway_that_takes_no_connection_is_told_in_time(tmp_path):
    with socket.socket() as gateway, contextlib.ExitStack() as stack:
        gateway.bind(("127.0.0.1", 0))
        gateway.listen(0)
        # The system drops further ones once its queue is full.
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(gateway.getsockname())
        with proxy(tmp_path, gateway.getsockname()[1]) as place:
            check(place, exchange(place, b"GET /v1/me HTTP/1.1\r\nHost: a\r\n"), 504, "unavailable")
