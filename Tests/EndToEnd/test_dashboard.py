"""The dashboard in a real Chromium, against the real server, changing while it is looked at."""
import pathlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from installation import EMAIL, PASSWORD, ROOT, TRACKER, XZ, wait_for
from playwright.sync_api import expect, sync_playwright
from test_main_path import EXPECTED, findings

SCREENSHOTS = ROOT / ".build" / "screenshots"
SIZES = {"desktop": (1440, 900), "tablet": (834, 1112), "phone": (390, 844)}
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


def open_page(browser, installation, size="desktop"):
    """Signs in; any console message or failed request on the way is an error."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
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


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(reporting, browser, size):
    page, problems = open_page(browser, reporting, size)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def look(name):
        wait_for(lambda: page.get_by_role("status", name="Loading").count() == 0, f"{name} to load")
        page.screenshot(path=SCREENSHOTS / f"{name}-{size}.png")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"
        result = Axe().run(page)
        assert result.violations_count == 0, f"{name}: {result.generate_report()}"

    look("overview")
    page.goto(reporting.url + "/agents")
    expect(page.get_by_role("link", name="web-1")).to_be_visible()
    look("agents")
    page.get_by_role("link", name="web-1").click()
    expect(page.get_by_role("link", name="CVE-2023-0464")).to_be_visible()
    look("agent")
    page.goto(reporting.url + "/vulnerabilities")
    expect(page.get_by_role("link", name="CVE-2023-0464")).to_be_visible()
    look("vulnerabilities")
    page.get_by_role("link", name="CVE-2023-0464").click()
    expect(page.get_by_role("heading", name="CVE-2023-0464")).to_be_visible()
    expect(page.get_by_role("region", name="Why").get_by_text("3.0.8-1 < 3.0.9-1").first).to_be_visible()
    look("vulnerability")
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
