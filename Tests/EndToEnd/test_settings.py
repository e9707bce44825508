"""What people set in the dashboard, in a real Chromium against the real server, and that it then holds."""
import http.server
import re
import threading

import pytest
from installation import EMAIL, PASSWORD, wait_for
from playwright.sync_api import expect
from test_dashboard import browser, look, open_page, reporting

__all__ = ["browser", "reporting"]
OTHER = "another long password"
# Passwords are hashed slowly on purpose, and more so by a debug build on a busy machine.
HASHING = 120_000
BOB = "bob@example.com"
CAROL = "carol@example.com"


def settings(page, installation, part):
    page.goto(f"{installation.url}/settings?tab={part}")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def may_sign_in(installation, email, password):
    return installation.request("POST", "/v1/auth/login", {"email": email, "password": password}).status == 200


def test_somebody_who_forgot_the_password_is_given_a_link_that_works_once(installation, browser):
    page, problems = open_page(browser, installation, scheme="light")
    made = installation.request(
        "POST", "/v1/users", {"email": BOB, "role": "viewer", "password": PASSWORD}, installation.sign_in())
    assert made.status == 201, made.body
    settings(page, installation, "people")
    page.get_by_role("button", name=f"Reset password of {BOB}").click()
    page.get_by_role("group", name=f"Reset password of {BOB}?").get_by_role("button", name="Reset password").click()
    link = page.locator(".new-secret code").inner_text()
    look(page, "settings-password-link")
    page.get_by_role("button", name="Done").click()
    assert link not in page.content()
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "settings-people", "phone")

    bob = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="light").new_page()

    def choose():
        bob.goto(link)
        bob.get_by_label("New password, 12 characters or more").fill(OTHER)
        bob.get_by_label("New password, again").fill(OTHER)
        bob.get_by_role("button", name="Set password").click()

    choose()
    expect(bob.get_by_role("status")).to_contain_text("Your password is set", timeout=HASHING)
    look(bob, "password-reset", "phone")
    assert not may_sign_in(installation, BOB, PASSWORD)
    bob.get_by_role("link", name="Sign in").click()
    bob.get_by_role("textbox", name="E-mail").fill(BOB)
    bob.get_by_label("Password").fill(OTHER)
    bob.get_by_role("button", name="Sign in").click()
    bob.get_by_role("link", name="Settings", exact=True).click()
    parts = bob.get_by_role("navigation", name="Parts of the settings").get_by_role("link")
    expect(parts).to_have_text(["Due dates", "Retention", "Your account"])
    choose()
    expect(bob.get_by_role("alert")).to_contain_text("was used", timeout=HASHING)
    assert [p for p in problems if "401" not in p] == []


def test_where_somebody_is_signed_in_is_seen_and_ended(installation, browser):
    page, problems = open_page(browser, installation, scheme="light")
    made = installation.request(
        "POST", "/v1/users", {"email": CAROL, "role": "viewer", "password": PASSWORD}, installation.sign_in())
    assert made.status == 201, made.body
    token = installation.sign_in(CAROL)
    assert installation.request("GET", "/v1/me", token=token).status == 200
    settings(page, installation, "people")
    opener = page.get_by_role("button", name=f"Sessions of {CAROL}")
    opener.click()
    table = page.get_by_role("table", name=f"Sessions of {CAROL}")
    expect(table.get_by_role("row")).to_have_count(2)
    look(page, "settings-sessions-of-others")
    end = re.compile("End session from")
    table.get_by_role("button", name=end).click()
    table.get_by_role("group", name=end).get_by_role("button", name="End").click()
    expect(page.get_by_text("No sessions")).to_be_visible()
    wait_for(lambda: installation.request("GET", "/v1/me", token=token).status == 401, "the session's end")
    assert problems == []


def test_a_changed_password_holds_and_ends_the_other_sessions(installation, browser):
    page, problems = open_page(browser, installation, scheme="light")
    other = installation.sign_in()
    page.get_by_role("link", name=EMAIL).click()
    form = page.get_by_role("form", name="Change password")
    expect(page.get_by_role("table", name="Your sessions").get_by_role("row")).to_have_count(3)
    for old, status in ((OTHER, "alert"), (PASSWORD, "status")):
        form.get_by_label("Password now").fill(old)
        form.get_by_label("New password, 12 characters or more").fill(OTHER)
        form.get_by_label("New password, again").fill(OTHER)
        form.get_by_role("button", name="Change password").click()
        expect(page.locator(".tab-body").get_by_role(status)).to_have_count(1, timeout=HASHING)
    look(page, "settings-account")
    expect(page.get_by_role("table", name="Your sessions").get_by_role("row")).to_have_count(2)
    assert installation.request("GET", "/v1/me", token=other).status == 401
    assert may_sign_in(installation, EMAIL, OTHER)
    assert not may_sign_in(installation, EMAIL, PASSWORD)
    # The refused change is told as the browser's own message, too.
    assert [p for p in problems if "401" not in p and "403" not in p] == []


def test_events_are_kept_as_long_as_the_company_says(installation, browser):
    page, problems = open_page(browser, installation)
    settings(page, installation, "retention")
    page.get_by_label("Keep events for").fill("90")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    look(page, "settings-retention")
    assert installation.request("GET", "/v1/retention-policy", token=installation.sign_in()).json == {"event_days": 90}
    page.reload()
    expect(page.get_by_label("Keep events for")).to_have_value("90")
    assert problems == []


def test_due_dates_make_findings_overdue_and_somebody_deals_with_them(reporting, browser):
    page, problems = open_page(browser, reporting, scheme="light")
    settings(page, reporting, "due-dates")
    page.get_by_label("Days for: Known to be exploited").fill("0")
    page.get_by_label("Days for: Severity medium").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    look(page, "settings-due-dates")
    page.reload()
    expect(page.get_by_label("Days for: Severity medium")).to_have_value("30")
    assert reporting.request("GET", "/v1/sla-policy", token=reporting.sign_in()).json == {
        "severity": {"medium": 30}, "decision": {}, "exploited": 0}

    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("link", name="1 overdue").click()
    rows = page.get_by_role("table", name="Vulnerabilities").get_by_role("link")
    expect(rows).to_have_text(["CVE-2023-0464"])
    rows.first.click()
    page.get_by_label("Who deals with CVE-2023-0464").select_option(EMAIL)
    form = page.get_by_role("form", name="New note")
    form.get_by_label("New note").fill("The proxy ends TLS.\nUpgrade on Tuesday.")
    form.get_by_role("button", name="Add note").click()
    note = page.get_by_role("list", name="Notes").get_by_role("listitem")
    expect(note).to_contain_text("Upgrade on Tuesday.")
    expect(page.get_by_label("Who deals with CVE-2023-0464").locator("option:checked")).to_have_text(EMAIL)
    look(page, "vulnerability-triage")
    page.goto(reporting.url + "/vulnerabilities")
    expect(rows).not_to_have_count(1)
    page.get_by_role("button", name="mine").click()
    expect(rows).to_have_text(["CVE-2023-0464"])
    assert [p for p in problems if "401" not in p] == []


def test_a_machine_that_enrolls_again_is_refused_when_the_company_says_so(installation, host, browser):
    page, problems = open_page(browser, installation, scheme="light")
    settings(page, installation, "enrollment")
    form = page.get_by_role("form", name="Machines that enroll again")
    expect(form.get_by_label("Allow")).to_be_checked()
    form.get_by_label("Refuse").check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    look(page, "settings-enrollment-policy")
    token = installation.token("Acme")
    installation.agent(token, host)
    user = installation.sign_in()
    wait_for(lambda: len(installation.items("/v1/agents", user)) == 1, "the machine to join")
    again = installation.agent(token, host, "again")
    assert again.wait(timeout=60) != 0
    assert len(installation.items("/v1/agents", user)) == 1
    assert [p for p in problems if "401" not in p] == []


def test_an_agent_that_does_not_call_any_longer_is_shown(installation, host, browser):
    installation.stop()
    installation.variables = {"AGENT_SILENT_AFTER": "5"}
    installation.start()
    agent = installation.agent(installation.token("Acme"), host)
    user = installation.sign_in()
    wait_for(lambda: installation.items("/v1/agents?state=current", user), "the agent to report")
    agent.terminate()
    agent.wait(timeout=30)
    wait_for(lambda: installation.items("/v1/agents?silent=true", user), "the agent to be silent")
    page, problems = open_page(browser, installation, scheme="light")
    page.get_by_role("link", name="Agents", exact=True).click()
    page.get_by_role("button", name="silent").click()
    row = page.get_by_role("row").filter(has_text="web-1")
    expect(row.locator(".badge-silent")).to_have_text(re.compile(r"silent \d+[sm]"))
    look(page, "agents-silent")
    page.get_by_role("link", name="web-1").click()
    expect(page.locator("[data-kind=silent]")).to_contain_text("See whether the machine is up")
    look(page, "agent-silent")
    assert [p for p in problems if "401" not in p] == []


class Receiver(http.server.ThreadingHTTPServer):
    """A webhook that wants no more until it is told otherwise."""

    def __init__(self):
        self.answer = 410
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


def test_a_webhook_is_added_tested_tried_again_and_removed(installation, browser, receiver):
    installation.stop()
    installation.variables = {"NOTIFY_TRUSTED_HOSTS": "127.0.0.1"}
    installation.start()
    page, problems = open_page(browser, installation, scheme="light")
    settings(page, installation, "notifications")
    form = page.get_by_role("form", name="New endpoint")
    form.get_by_role("combobox", name="By").select_option("webhook")
    form.get_by_label("URL").fill(receiver.url)
    form.get_by_label("Label").fill("tickets")
    form.get_by_role("button", name="Add").click()
    secret = page.locator(".new-secret code").inner_text()
    assert secret.startswith("whsec_")
    look(page, "settings-notifications-secret")
    page.get_by_role("button", name="Done").click()
    assert secret not in page.content()

    page.get_by_role("button", name=f"Test {receiver.url}").click()
    row = page.get_by_role("table", name="Notifications").get_by_role("row").filter(has_text="tickets")
    expect(row).to_contain_text("dead after 1 try")
    page.get_by_role("combobox", name="State").select_option("dead")
    look(page, "settings-notifications-dead")
    receiver.answer = 200
    row.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-kind=clear]")).to_contain_text("Nothing is dead")
    page.get_by_role("combobox", name="State").select_option("delivered")
    expect(row).to_contain_text("endpoint test")

    page.get_by_role("button", name=f"Remove {receiver.url}").click()
    page.get_by_role("group", name=f"Remove {receiver.url}?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nobody is told yet")).to_be_visible()

    # This installation has no relay: the server says so, and the form keeps what was entered.
    form.get_by_role("combobox", name="By").select_option("email")
    form.get_by_label("Address").fill("team@example.com")
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".tab-body").get_by_role("alert")).to_contain_text("sends no e-mail")
    expect(form.get_by_label("Address")).to_have_value("team@example.com")
    look(page, "settings-notifications-refused")
    assert [p for p in problems if "401" not in p and "400" not in p] == []
