"""An agent written from the protocol's description (RFC 9449, RFC 8037), apart from the Swift one, so that both are checked."""
import base64
import hashlib
import json
import time
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


FACTS = {
    "hostname": "python-1", "os": None, "kernel_release": None, "boot_time": None, "architecture": "x86_64",
    "agent_version": "0.0.1", "dropped_reports": 0, "warnings": [],
}


class ProtocolAgent:
    def __init__(self, installation):
        self.installation = installation
        self.key = Ed25519PrivateKey.generate()
        self.agent_id = None
        self.access_token = None

    def proof(self, method, path, token=None, now=None):
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(self.key.public_key().public_bytes_raw())}
        claims = {"jti": uuid.uuid4().hex, "htm": method, "htu": self.installation.url + path, "iat": int(now or time.time())}
        if token:
            claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
        head = {"typ": "dpop+jwt", "alg": "EdDSA", "jwk": jwk}
        signed = b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())
        return signed + "." + b64(self.key.sign(signed.encode()))

    def headers(self, method, path, extra=None, now=None):
        headers = {"DPoP": self.proof(method, path, self.access_token, now), **(extra or {})}
        if self.access_token:
            headers["Authorization"] = f"DPoP {self.access_token}"
        return headers

    def enroll(self, token):
        """Enrolls and gets an access token; answers what the enrollment answered."""
        path = "/v1/agent/enroll"
        answer = self.installation.request(
            "POST", path, {"token": token, "facts": FACTS}, headers={"DPoP": self.proof("POST", path)})
        if answer.status == 201:
            self.agent_id = answer.json["agent_id"]
            path = "/v1/agent/token"
            reply = self.installation.request(
                "POST", path, {"agent_id": self.agent_id}, headers={"DPoP": self.proof("POST", path)})
            assert reply.status == 200, reply.body
            self.access_token = reply.json["access_token"]
        return answer

    def heartbeat(self, digest=None, now=None):
        path = "/v1/agent/heartbeat"
        return self.installation.request(
            "POST", path, {"digest": digest, "facts": FACTS}, headers=self.headers("POST", path, now=now))

    def put_inventory(self, body, kind="inventory"):
        path = "/v1/agent/inventory"
        extra = {"Content-Type": f"application/vnd.zerotrace.{kind}", "Content-Encoding": "gzip"}
        return self.installation.request("PUT", path, body, headers=self.headers("PUT", path, extra))
