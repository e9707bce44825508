"""From a package on a machine to a line on a screen, and gone again."""
import json

from installation import TRACKER, XZ, wait_for


def findings(installation, token, query=""):
    """What the API says of the only agent: vulnerability → names of the packages that carry it."""
    agents = installation.items("/v1/agents", token)
    if len(agents) != 1 or agents[0]["inventory_state"] != "current":
        return None
    items = installation.items(f"/v1/agents/{agents[0]['id']}/findings{query}", token)
    return {item["vulnerability"]["id"]: sorted(p["name"] for p in item["packages"]) for item in items}


EXPECTED = {
    "CVE-2023-0464": ["libssl3", "openssl"],
    "CVE-2024-0727": ["libssl3", "openssl"],
    "CVE-2023-45853": ["zlib1g"],
    "CVE-2023-32681": ["requests"],
}


def test_findings_appear_and_go_with_the_package(installation, host):
    token = installation.sign_in()
    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: findings(installation, token) == EXPECTED, "the first findings")

    host.upgrade("openssl", "3.0.9-1")
    rest = {**EXPECTED}
    del rest["CVE-2023-0464"]
    _, seconds = wait_for(lambda: findings(installation, token) == rest, "the upgrade to show")
    print(f"upgrade to API: {seconds:.2f} s")

    overview = installation.request("GET", "/v1/overview", token=token).json
    assert overview["agents"] == {"total": 1, "without_inventory": 0, "pending": 0}
    assert overview["counts"]["total"] == 3
    assert overview["counts"]["exploited"] == 0
    events = installation.items("/v1/events?newest=true&limit=1", token)[:1]
    assert events[0]["type"] == "inventory_applied"
    assert events[0]["data"]["resolved_examples"] == ["CVE-2023-0464"]


def test_one_more_advisory_reaches_the_agents_that_have_the_package(installation, host):
    token = installation.sign_in()
    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: findings(installation, token) == EXPECTED, "the first findings")

    installation.sync({**TRACKER, "xz-utils": XZ})
    _, seconds = wait_for(lambda: findings(installation, token) == {**EXPECTED, "CVE-2024-3094": ["xz-utils"]}, "the new advisory")
    print(f"new index to API: {seconds:.2f} s")

    def applied():
        lines = [json.loads(line) for line in installation.log.read_text().splitlines() if line.startswith("{")]
        return [line["metadata"]["packages"] for line in lines if line["message"] == "index applied"]

    # One package version of the catalogue was matched again, the one that the new advisory names.
    wait_for(lambda: applied()[-1:] == ["1"], "the second index to be applied")

    installation.sync(TRACKER)
    wait_for(lambda: findings(installation, token) == EXPECTED, "the withdrawal of the advisory")
    assert installation.run("verify") == "no difference"


def test_the_explanation_says_what_was_compared(installation, host):
    token = installation.sign_in()
    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: findings(installation, token) == EXPECTED, "the first findings")
    purl = "pkg:deb/debian/libssl3@3.0.8-1%3Farch=amd64%26distro=debian-12%26upstream=openssl"
    answer = installation.request("GET", f"/v1/vulnerabilities/CVE-2023-0464/explanation?package={purl}", token=token)
    assert answer.status == 200, answer.body
    assert answer.json["status"] == "affected"
    decided = [item for item in answer.json["evidence"] if item["decided"]]
    assert decided[0]["feed"] == "debian-tracker"
    assert decided[0]["comparisons"] == ["3.0.8-1 < 3.0.9-1"]


def test_what_a_scan_costs_is_shown_of_the_agent_and_of_all(installation, host):
    token = installation.sign_in()
    assert installation.request("GET", "/v1/scan-cost", token=token).json["agents"] == 0
    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: installation.request("GET", "/v1/scan-cost", token=token).json["agents"] == 1, "the first scan's cost")

    def first():
        agent = installation.items("/v1/agents", token)[0]["id"]
        return installation.request("GET", f"/v1/agents/{agent}", token=token).json["last_scan"]

    scan = first()
    assert 0 < scan["cpu_seconds"] <= scan["wall_seconds"] and scan["peak_memory"] > 1 << 20, scan
    fleet = installation.request("GET", "/v1/scan-cost", token=token).json
    assert fleet["cpu_seconds"] == {"p50": scan["cpu_seconds"], "p99": scan["cpu_seconds"]}
    assert fleet["paused_seconds"]["p99"] == sum(scan["paused_seconds"].values())
    metrics = installation.request("GET", "/metrics").body.decode()
    assert "\nzerotrace_agent_scan_wall_seconds_count " in metrics

    host.upgrade("openssl", "3.0.9-1")
    # Times are whole seconds, in which two scans have room; no two take the same.
    wait_for(lambda: first()["cpu_seconds"] != scan["cpu_seconds"], "the cost of the scan after it")
