"""The dashboard in a real Chromium, against the real server, changing while it is looked at."""
import pathlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from installation import EMAIL, PASSWORD, ROOT, TRACKER, XZ, wait_for
from playwright.sync_api import expect, sync_playwright
from test_main_path import EXPECTED, findings

SCREENSHOTS = ROOT / ".build" / "screenshots"
SIZES = {"desktop": (1440, 900), "tablet": (834, 1112), "phone": (390, 844)}
# Machines are shared: what a page does at once may take seconds there.
expect.set_options(timeout=30_000)
CHROMIUM = next(p for p in ("/usr/lib/chromium/chromium", "/usr/bin/chromium") if pathlib.Path(p).exists())


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield instance
        instance.close()


@pytest.fixture
def reporting(installation, host):
    """An installation whose one agent has reported."""
    token = installation.sign_in()
    installation.agent(installation.token("Acme"), host)
    wait_for(lambda: findings(installation, token) == EXPECTED, "the first findings")
    return installation


def open_page(browser, installation, size="desktop", scheme="dark"):
    """Signs in; any console message or failed request on the way is an error."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(30_000)
    problems = []
    page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.goto(installation.url + "/")
    page.get_by_role("textbox", name="E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=30_000)
    # The first refresh, without a cookie yet, is answered 401, which Chromium reports as an error.
    problems[:] = [p for p in problems if "401" not in p]
    return page, problems


def test_a_finding_leaves_the_open_page_when_the_package_is_upgraded(reporting, host, browser):
    page, problems = open_page(browser, reporting)
    page.get_by_role("link", name="Agents", exact=True).click()
    page.get_by_role("link", name="web-1").click()
    row = page.get_by_role("link", name="CVE-2023-0464")
    expect(row).to_be_visible()
    expect(page.get_by_role("status", name="Live updates: live")).to_be_visible()
    page.evaluate("window.sameDocument = true")

    host.upgrade("openssl", "3.0.9-1")
    _, seconds = wait_for(lambda: row.count() == 0, "the finding to leave the page")
    print(f"upgrade to open page: {seconds:.2f} s")
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"
    expect(page.get_by_role("link", name="CVE-2024-0727")).to_be_visible()
    assert problems == []


def test_a_new_advisory_appears_on_the_open_list(reporting, browser):
    page, problems = open_page(browser, reporting)
    page.get_by_role("link", name="Vulnerabilities", exact=True).click()
    expect(page.get_by_role("link", name="CVE-2023-0464")).to_be_visible()
    assert page.get_by_role("link", name="CVE-2024-3094").count() == 0
    reporting.sync({**TRACKER, "xz-utils": XZ})
    link = page.get_by_role("link", name="CVE-2024-3094")
    _, seconds = wait_for(lambda: link.count() == 1, "the new vulnerability on the open list")
    print(f"new index to open page: {seconds:.2f} s")
    assert problems == []


def look(page, name, size="desktop"):
    """Keeps a picture, and holds the page against what every page must be."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    wait_for(lambda: page.get_by_role("status", name="Loading").count() == 0, f"{name} to load")
    page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png")
    fits = "[document.documentElement, ...document.querySelectorAll('main')].every(e => e.scrollWidth <= e.clientWidth)"
    assert page.evaluate(fits), f"{name} scrolls sideways"
    result = Axe().run(page)
    assert result.violations_count == 0, f"{name}: {result.generate_report()}"


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "dark"), ("tablet", "light"), ("phone", "dark")])
def test_every_page_is_accessible_and_fits(reporting, browser, size, scheme):
    page, problems = open_page(browser, reporting, size, scheme)
    look(page, "overview", size)
    page.goto(reporting.url + "/agents")
    expect(page.get_by_role("link", name="web-1")).to_be_visible()
    look(page, "agents", size)
    page.get_by_role("link", name="web-1").click()
    expect(page.get_by_role("link", name="CVE-2023-0464")).to_be_visible()
    look(page, "agent", size)
    page.goto(reporting.url + "/vulnerabilities")
    expect(page.get_by_role("link", name="CVE-2023-0464")).to_be_visible()
    look(page, "vulnerabilities", size)
    page.get_by_role("link", name="CVE-2023-0464").click()
    expect(page.get_by_role("heading", name="CVE-2023-0464")).to_be_visible()
    expect(page.get_by_role("region", name="Why").get_by_text("3.0.8-1 < 3.0.9-1").first).to_be_visible()
    look(page, "vulnerability", size)
    page.goto(reporting.url + "/exceptions")
    expect(page.locator(".notice").first).to_be_visible()
    look(page, "exceptions-none", size)
    for part in ("people", "enrollment", "api-tokens", "notifications", "due-dates", "audit", "account"):
        page.goto(reporting.url + f"/settings?tab={part}")
        expect(page.locator(".tab-body [role=table], .tab-body table, .tab-body .notice").first).to_be_visible()
        look(page, f"settings-{part}", size)
    assert [p for p in problems if "401" not in p] == []


def test_no_agents_no_inventory_and_nothing_found_look_different(installation, host, browser):
    page, _ = open_page(browser, installation)
    expect(page.locator("[data-kind=vacant]").first).to_be_visible()
    host.packages = {"bash": ("bash", "5.2.15-2")}
    host.write()
    for metadata in host.folder.glob("usr/local/lib/python3.11/site-packages/*/METADATA"):
        metadata.unlink()
    installation.agent(installation.token("Acme"), host)
    page.get_by_role("link", name="Agents", exact=True).click()
    page.get_by_role("link", name="web-1").click(timeout=60_000)
    expect(page.locator("[data-kind=clear]").first).to_be_visible(timeout=60_000)


def test_a_machine_joins_with_a_token_made_in_the_dashboard_and_is_kept_out_there(installation, host, browser):
    page, problems = open_page(browser, installation)
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("link", name="Enrollment", exact=True).click()
    form = page.get_by_role("form", name="New enrollment token")
    form.get_by_label("Label").fill("laptops")
    form.get_by_role("button", name="Make token").click()
    token = page.locator(".new-secret code").first.inner_text()
    look(page, "settings-enrollment")
    page.get_by_role("button", name="Done").click()
    assert token not in page.content()

    installation.agent(token, host)
    page.get_by_role("link", name="Agents", exact=True).click()
    page.get_by_role("link", name="web-1").click()
    expect(page.get_by_role("link", name="CVE-2023-0464")).to_be_visible()
    page.get_by_role("button", name="Keep web-1 out").click()
    page.get_by_role("form", name="Keep out").get_by_label("Reason").fill("found in a taxi")
    page.get_by_role("form", name="Keep out").get_by_role("button", name="Keep out").click()
    expect(page.get_by_text("Kept out until somebody has looked")).to_be_visible()
    look(page, "agent-kept-out")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Agents").click()
    expect(page.get_by_role("list", name="Agents kept out")).to_contain_text("web-1 quarantined")
    look(page, "agents-kept-out")
    page.get_by_role("list", name="Agents kept out").get_by_role("link", name="web-1").click()
    page.get_by_role("button", name="Let in again web-1").click()
    page.get_by_role("group", name="Let in again web-1?").get_by_role("button", name="Let in again").click()
    expect(page.get_by_role("button", name="Keep web-1 out")).to_be_visible()

    page.goto(installation.url + "/settings?tab=audit")
    log = page.get_by_role("table", name="Audit log")
    for words in ("enrollment token created", "agent enrolled", "agent quarantined", "agent released"):
        expect(log.get_by_role("button", name=words, exact=True)).to_have_count(1)
    look(page, "settings-audit")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    assert download.value.suggested_filename == "audit.csv"
    assert "found in a taxi" in pathlib.Path(download.value.path()).read_text()
    assert [p for p in problems if "401" not in p] == []


def test_people_are_added_get_another_role_and_go(installation, browser):
    page, problems = open_page(browser, installation)
    page.goto(installation.url + "/settings")
    form = page.get_by_role("form", name="New person")
    form.get_by_label("E-mail").fill("second@example.org")
    form.get_by_label("First password").fill(PASSWORD)
    form.get_by_role("button", name="Add person").click()
    role = page.get_by_label("Role of second@example.org")
    expect(role).to_have_value("viewer")
    role.select_option("admin")
    wait_for(lambda: installation.request("GET", "/v1/api-tokens", token=installation.sign_in("second@example.org")).status == 200,
             "the new role to count")
    look(page, "settings-people")
    form.get_by_label("E-mail").fill("second@example.org")
    form.get_by_label("First password").fill(PASSWORD)
    form.get_by_role("button", name="Add person").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.get_by_role("button", name="Remove second@example.org").click()
    page.get_by_role("group", name="Remove second@example.org?").get_by_role("button", name="Remove").click()
    expect(role).to_have_count(0)
    for part in ("API tokens", "Your account"):
        page.get_by_role("link", name=part, exact=True).click()
        look(page, f"settings-{part.lower().replace(' ', '-')}")
    # The refused person is told as the browser's own message, too.
    assert [p for p in problems if "401" not in p and "409" not in p] == []


def test_a_risk_is_accepted_by_two_people(reporting, browser):
    page, problems = open_page(browser, reporting)
    page.goto(reporting.url + "/vulnerabilities/CVE-2023-45853")
    page.get_by_role("link", name="exceptions", exact=True).click()
    form = page.get_by_role("form", name="New exception")
    expect(form.get_by_label("Vulnerability")).to_have_value("CVE-2023-45853")
    form.get_by_label("Reason").fill("minizip is not part of the package")
    form.get_by_role("button", name="Ask to accept").click()
    row = page.get_by_role("row").filter(has_text="minizip is not part of the package")
    expect(row).to_contain_text("to be decided")
    assert row.get_by_role("button", name="Approve").count() == 0, "nobody approves what they asked for"

    reporting.user("Acme", "second@example.org")
    second = reporting.sign_in("second@example.org")
    exception = reporting.items("/v1/exceptions", second)[0]
    answer = reporting.request("PUT", f"/v1/exceptions/{exception['id']}/decision", {"approved": True}, second)
    assert answer.status == 200, answer.body
    page.reload()
    expect(row).to_contain_text("active, ends in 29d")
    look(page, "exceptions")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Agents").click()
    page.get_by_role("link", name="web-1").click()
    finding = page.get_by_role("row").filter(has_text="CVE-2023-45853")
    expect(finding.get_by_text("accepted", exact=True)).to_be_visible()
    assert page.get_by_text("accepted", exact=True).count() == 1
    assert [p for p in problems if "401" not in p] == []
