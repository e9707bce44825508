import assert from "node:assert/strict"
import { afterEach, describe, it } from "node:test"
import { JSDOM } from "jsdom"
import type { Root } from "react-dom/client"
import { act } from "react-dom/test-utils"
import { agentDetail, agentSummary, finding, ImmediateChannel, overview, reply, SilentSocket, vulnerability } from "./fixtures"

/**
 * Whole pages over a server that is made up per test: what is asked of it and what people read.
 * The application is loaded only once there is a window, since React looks for one when it loads.
 */
type Answers = Readonly<Record<string, unknown>>

interface Opened {
  readonly window: JSDOM["window"]
  readonly requests: string[]
  readonly text: () => string
  readonly find: (selector: string) => HTMLElement
  readonly press: (key: string) => Promise<void>
  readonly click: (element: HTMLElement) => Promise<void>
  readonly socket: () => SilentSocket
}

let close: (() => Promise<void>) | null = null

afterEach(async () => {
  await close?.()
  close = null
})

/** Opens an address. Answers are found by path with query string, else by path; a missing one is 404. */
async function open(address: string, answers: Answers): Promise<Opened> {
  const dom = new JSDOM('<!doctype html><div id="root"></div>', { url: `http://localhost${address}`, pretendToBeVisual: true })
  const { window } = dom
  const requests: string[] = []
  const answer = async (input: RequestInfo | URL) => {
    const path = String(input)
    requests.push(path)
    const found = answers[path] ?? answers[path.split("?")[0] ?? path]
    if (found instanceof Response) return found.clone()
    return found === undefined ? reply(404, { error: { code: "not_found", message: "No such thing.", request_id: "r7" } }) : reply(200, found)
  }
  SilentSocket.all = []
  const globals = {
    window,
    document: window.document,
    // Node's own channel would keep the test's process alive.
    BroadcastChannel: undefined,
    MessageChannel: ImmediateChannel,
    navigator: window.navigator,
    WebSocket: SilentSocket,
    fetch: answer,
    FormData: window.FormData,
    HTMLElement: window.HTMLElement,
    IS_REACT_ACT_ENVIRONMENT: true,
  }
  for (const [name, value] of Object.entries(globals)) {
    // Newer nodes have some of these as read-only properties.
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  // Nothing is laid out here: every element reports a height, so that lists have rows in view.
  window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList
  window.HTMLElement.prototype.getBoundingClientRect = () => ({ top: 0, bottom: 0, height: 900, left: 0, width: 900 }) as DOMRect

  const [{ createRoot }, { App }, { makeServices }] = await Promise.all([
    import("react-dom/client"),
    import("@/app/app"),
    import("@/app/services"),
  ])
  const services = makeServices()
  const root: Root = createRoot(window.document.getElementById("root") as HTMLElement)
  await act(async () => {
    root.render(<App services={services} />)
    await services.session.start()
  })
  await rest()
  close = async () => {
    await act(async () => root.unmount())
    await services.session.signOut()
    window.close()
  }

  return {
    window,
    requests,
    text: () => window.document.body.textContent ?? "",
    find: (selector) => {
      const element = window.document.querySelector<HTMLElement>(selector)
      assert(element, `there is no ${selector} in: ${window.document.body.innerHTML.slice(0, 2_000)}`)
      return element
    },
    press: async (key) => {
      await act(async () => {
        const target = window.document.activeElement ?? window.document.body
        target.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))
      })
      await rest()
    },
    click: async (element) => {
      await act(async () => {
        element.dispatchEvent(new window.MouseEvent("click", { bubbles: true, cancelable: true, button: 0 }))
      })
      await rest()
    },
    socket: () => SilentSocket.all.at(-1) as SilentSocket,
  }
}

/** Lets requests be answered and what follows be drawn. */
async function rest() {
  for (let turn = 0; turn < 4; turn++) await act(() => new Promise<void>((done) => setImmediate(done)))
}

const session = {
  "/v1/auth/refresh": {
    access_token: "t",
    token_type: "Bearer",
    expires_in: 300,
    user: { id: "u", email: "analyst@example.org", role: "analyst" },
    company: { id: "c", name: "Example Company" },
    permissions: ["view_self", "view_findings", "view_events", "manage_own_sessions"],
  },
  "/v1/auth/logout": {},
}
const loaded = { index_digest: "abc", vulnerabilities: 10, feeds: [] }
const missing = { index_digest: null, vulnerabilities: 0, feeds: [] }
const page = (...items: readonly unknown[]) => ({ items, next_cursor: null })

describe("signing in", () => {
  it("is asked for when nobody is signed in, and shows what went wrong", async () => {
    const { find, text, click } = await open("/agents", {
      "/v1/auth/refresh": reply(401, { error: { code: "unauthorized", message: "no", request_id: "r" } }),
      "/v1/auth/login": reply(401, { error: { code: "unauthorized", message: "no", request_id: "r" } }),
    })
    assert.equal(find("h1").textContent, "Sign in")
    for (const field of ["email", "password"]) (find(`[name=${field}]`) as HTMLInputElement).value = "a@example.org"
    await click(find("button[type=submit]"))
    assert.match(text(), /E-mail or password is wrong\./)
    assert.equal(find("[role=alert]").textContent, "E-mail or password is wrong.")
  })

  it("offers the identity providers of the installation", async () => {
    const { find } = await open("/", {
      "/v1/auth/refresh": reply(401, { error: { code: "unauthorized", message: "no", request_id: "r" } }),
      "/v1/auth/oidc": { items: [{ name: "example sso" }] },
    })
    const link = find(".providers a")
    assert.equal(link.textContent, "Sign in with example sso")
    assert.equal(link.getAttribute("href"), "/v1/auth/oidc/example%20sso/start")
  })

  it("is not asked for when the server is away", async () => {
    const { text } = await open("/", { "/v1/auth/refresh": reply(503, { error: { code: "internal", message: "Starting.", request_id: "r" } }) })
    assert.match(text(), /Could not reach the server/)
    assert.match(text(), /Try again/)
  })
})

describe("the overview", () => {
  it("shows counts with the exploited ones first", async () => {
    const { window, text } = await open("/", {
      ...session,
      "/v1/overview": overview(),
      "/v1/events": page(),
      "/v1/vulnerabilities": page(vulnerability()),
    })
    const counts = [...window.document.querySelectorAll(".count")].map((count) => count.getAttribute("aria-label"))
    assert.deepEqual(counts, ["2 exploited", "3 critical", "5 high", "8 medium", "1 low", "0 unknown", "9 fixable"])
    assert.match(text(), /17 distinct/)
    assert.match(text(), /CVE-2024-6387/)
  })

  it("tells how to enroll when there are no agents", async () => {
    const { text, find } = await open("/", { ...session, "/v1/overview": overview({ agents: { total: 0, without_inventory: 0, pending: 0 } }), "/v1/events": page() })
    assert.equal(find(".overview > .notice").dataset.kind, "vacant")
    assert.match(text(), /No agents enrolled yet/)
    assert.match(text(), /token create --company 'Example Company' --uses 50.*zerotrace-agent run --server http:\/\/localhost/)
  })

  it("says not computed yet while no advisories are loaded, and shows no zero", async () => {
    const { text, find, window } = await open("/", { ...session, "/v1/overview": overview({ advisories: missing }), "/v1/events": page() })
    assert.equal(find(".overview > .notice").dataset.kind, "pending")
    assert.match(text(), /no advisories are loaded/)
    assert.equal(window.document.querySelector(".counts"), null)
  })

  it("says not computed yet while the first inventories wait", async () => {
    const { text } = await open("/", { ...session, "/v1/overview": overview({ agents: { total: 3, without_inventory: 1, pending: 2 } }), "/v1/events": page() })
    assert.match(text(), /Not computed yet/)
    assert.match(text(), /2 inventories are being computed/)
  })

  it("tells of an error with the request's id and a way on", async () => {
    const { text } = await open("/", { ...session, "/v1/overview": reply(500, { error: { code: "internal", message: "It broke.", request_id: "r42" } }) })
    assert.match(text(), /Could not load the overview.*It broke\..*r42.*Try again/)
  })
})

describe("the agents", () => {
  it("read differently by state: computed, being computed, without data", async () => {
    const { window } = await open("/agents", {
      ...session,
      "/v1/feeds": loaded,
      "/v1/agents": page(
        agentSummary({ id: "a1", hostname: "web-01" }),
        agentSummary({ id: "a2", hostname: "web-02", inventory_state: "pending", total: 0 }),
        agentSummary({ id: "a3", hostname: "web-03", inventory_state: "none", total: 0 }),
      ),
    })
    const risks = [...window.document.querySelectorAll(".list-body .cell-risk")].map((cell) => cell.textContent)
    assert.deepEqual(risks, ["72", "not computed", "no data"])
  })

  it("show no numbers while no advisories are loaded", async () => {
    const { window, text } = await open("/agents", { ...session, "/v1/feeds": missing, "/v1/agents": page(agentSummary({ id: "a1", hostname: "web-01", total: 0 })) })
    assert.equal(window.document.querySelector(".list-body .cell-risk")?.textContent, "not computed")
    assert.match(text(), /no advisories are loaded/)
  })

  it("say that nothing matches, not that nothing is there, when filtered", async () => {
    const { find, text } = await open("/agents?q=nope", { ...session, "/v1/feeds": loaded, "/v1/agents": page() })
    assert.equal(find(".notice").dataset.kind, "unmatched")
    assert.match(text(), /No agent matches/)
  })

  it("ask the server for what the address says", async () => {
    const { requests } = await open("/agents?q=web&state=pending&sort=hostname", { ...session, "/v1/feeds": loaded, "/v1/agents": page() })
    assert.ok(requests.includes("/v1/agents?q=web&state=pending&sort=hostname&limit=100"), requests.join("\n"))
  })

  it("are walked with j and k and opened from the focused row", async () => {
    const { window, press, click, text } = await open("/agents", {
      ...session,
      "/v1/feeds": loaded,
      "/v1/agents": page(agentSummary({ id: "a1", hostname: "web-01" }), agentSummary({ id: "a2", hostname: "web-02" })),
      "/v1/agents/a2": agentDetail({ id: "a2", hostname: "web-02" }),
      "/v1/agents/a2/findings": page(finding()),
    })
    const focused = () => window.document.activeElement?.textContent
    await press("j")
    assert.equal(focused(), "web-01")
    await press("j")
    await press("j")
    assert.equal(focused(), "web-02")
    await press("k")
    assert.equal(focused(), "web-01")
    await press("ArrowDown")
    await click(window.document.activeElement as HTMLElement)
    assert.equal(window.location.pathname, "/agents/a2")
    assert.match(text(), /Upgrade openssh to 1:9\.2p1-2\+deb12u3/)
  })

  it("are reached with g a, and the search with a slash", async () => {
    const { window, press } = await open("/", { ...session, "/v1/overview": overview(), "/v1/events": page(), "/v1/feeds": loaded, "/v1/agents": page() })
    await press("g")
    await press("a")
    assert.equal(window.location.pathname, "/agents")
    await press("/")
    assert.equal(window.document.activeElement?.getAttribute("aria-label"), "Search host names")
  })
})

describe("the vulnerabilities", () => {
  it("show in each row what to do by SSVC, and on hover why", async () => {
    const { window } = await open("/vulnerabilities", {
      ...session,
      "/v1/feeds": loaded,
      "/v1/vulnerabilities": page(
        vulnerability(),
        { ...vulnerability(), id: "CVE-2024-3094", ssvc: { ...vulnerability().ssvc, decision: "act", exploitation: "active", assumed: [] } },
      ),
    })
    const badges = [...window.document.querySelectorAll(".list-body .cell-ssvc .badge")]
    assert.deepEqual(badges.map((badge) => badge.lastChild?.textContent), ["Track*", "Act"])
    assert.match(badges[1]?.getAttribute("title") ?? "", /^SSVC Act: exploited, not automatable, total impact, medium mission$/)
    const headings = [...window.document.querySelectorAll("[role=columnheader]")].map((heading) => heading.className)
    const cells = [...(window.document.querySelector(".list-body .row")?.children ?? [])].map((cell) => cell.className.split(" ")[0])
    assert.deepEqual(headings, cells)
  })
})

describe("an agent", () => {
  const cases = [
    { name: "without inventory", agent: agentDetail({ id: "a1", inventory_state: "none", applied_digest: null }), kind: "vacant", words: /No inventory yet/ },
    { name: "being computed for the first time", agent: agentDetail({ id: "a1", inventory_state: "pending", applied_digest: null }), kind: "pending", words: /Not computed yet/ },
    { name: "with nothing found", agent: agentDetail({ id: "a1", total: 0 }), kind: "clear", words: /Nothing found.*341 packages were checked/ },
  ]
  for (const { name, agent, kind, words } of cases) {
    it(`${name} reads so`, async () => {
      const { find, text } = await open("/agents/a1", { ...session, "/v1/feeds": loaded, "/v1/agents/a1": agent, "/v1/agents/a1/findings": page() })
      assert.equal(find(".notice").dataset.kind, kind)
      assert.match(text(), words)
    })
  }

  it("does not seem to be computing while there are no advisories to compute with", async () => {
    const { text, window } = await open("/agents/a1", {
      ...session,
      "/v1/feeds": missing,
      "/v1/agents/a1": agentDetail({ id: "a1", inventory_state: "pending", applied_digest: null, total: 0, packages: 0 }),
      "/v1/agents/a1/findings": page(),
    })
    assert.match(text(), /no advisories are loaded/)
    const tabs = [...window.document.querySelectorAll(".tab")].map((tab) => tab.textContent)
    assert.deepEqual(tabs, ["Findings", "Packages"])
  })

  it("that does not exist is said to be unknown", async () => {
    const { text } = await open("/agents/nobody", session)
    assert.match(text(), /There is no such agent in your company/)
  })
})

describe("the settings", () => {
  const at = "2026-08-16T12:00:00Z"
  const later = "2099-01-01T00:00:00Z"
  const as = (role: string, ...permissions: string[]) => ({
    ...session,
    "/v1/auth/refresh": { ...session["/v1/auth/refresh"], user: { id: "u", email: "me@example.org", role }, permissions },
  })
  const mine = { id: "s1", created_at: at, last_used_at: at, expires_at: later, address: "192.0.2.7", current: true }
  const tabs = (window: JSDOM["window"]) => [...window.document.querySelectorAll(".tab")].map((tab) => tab.textContent)

  it("show everybody the own sessions, and nobody what is not theirs to see", async () => {
    const { window, text } = await open("/settings", { ...as("viewer", "manage_own_sessions"), "/v1/sessions": { items: [mine] } })
    assert.deepEqual(tabs(window), ["Your sessions"])
    assert.match(text(), /192\.0\.2\.7.*this one/)
  })

  it("let whoever may only look not make or revoke anything", async () => {
    const token = { id: "t1", label: "laptops", maximum_uses: 50, uses: 3, expires_at: later, revoked_at: null, created_at: at, token: null }
    const { window, text } = await open("/settings", { ...as("auditor", "view_enrollment"), "/v1/enrollment-tokens": { items: [token] } })
    assert.deepEqual(tabs(window), ["Enrollment"])
    assert.match(text(), /laptops3 of 50/)
    assert.equal(window.document.querySelectorAll(".settings form, .settings td button").length, 0)
  })

  it("tell tokens apart that work, are used up, expired and revoked", async () => {
    const token = { id: "1", label: "works", maximum_uses: 2, uses: 1, expires_at: later, revoked_at: null, created_at: at, token: null }
    const { window } = await open("/settings", {
      ...as("admin", "view_enrollment", "manage_enrollment"),
      "/v1/enrollment-tokens": {
        items: [
          token,
          { ...token, id: "2", label: "used", uses: 2 },
          { ...token, id: "3", label: "expired", expires_at: at },
          { ...token, id: "4", label: "revoked", revoked_at: at },
        ],
      },
    })
    const rows = [...window.document.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent))
    assert.deepEqual(rows.map((cells) => cells[2]?.replace(/in \d+d/, "in time")), ["ends in time", "used up", "expired 2026-08-16", "revoked 2026-08-16"])
    assert.deepEqual(rows.map((cells) => cells[4]), ["Revoke", "Revoke", "", ""])
  })

  it("ask once more before a token is revoked, and show what the server says against it", async () => {
    const token = { id: "t1", label: "laptops", maximum_uses: 50, uses: 3, expires_at: later, revoked_at: null, created_at: at, token: null }
    const { find, click, text, requests } = await open("/settings", {
      ...as("admin", "view_enrollment", "manage_enrollment"),
      "/v1/enrollment-tokens": { items: [token] },
      "/v1/enrollment-tokens/t1": reply(403, { error: { code: "forbidden", message: "You may not do this.", request_id: "r" } }),
    })
    const asked = () => requests.filter((path) => path === "/v1/enrollment-tokens/t1").length
    await click(find("[aria-label='Revoke token laptops']"))
    assert.equal(asked(), 0)
    await click(find(".confirm .button-danger"))
    assert.equal(asked(), 1)
    assert.match(text(), /You may not do this\./)
  })

  it("show a new token once", async () => {
    const made = { id: "t9", name: "tickets", user_id: "u", scopes: ["findings:read"], last_used_at: null, expires_at: later, revoked_at: null, created_at: at, token: "zta_secret" }
    const { find, click, text, window } = await open("/settings", {
      ...as("admin", "view_api_tokens", "manage_api_tokens", "view_findings"),
      "/v1/api-tokens": { ...made, items: [] },
    })
    const scopes = [...window.document.querySelectorAll<HTMLInputElement>("[name=scope]")].map((box) => box.value)
    assert.deepEqual(scopes, ["findings:read"], "nobody gives away what they may not do")
    ;(find("[name=name]") as HTMLInputElement).value = "tickets"
    await click(find("button[type=submit]"))
    assert.match(find(".new-secret").textContent ?? "", /zta_secret.*not shown again/)
    await click(find(".new-secret > .button"))
    assert.ok(!text().includes("zta_secret"))
  })

  it("let an admin change everybody but owners and oneself", async () => {
    const { window } = await open("/settings", {
      ...as("admin", "view_users", "manage_users"),
      "/v1/users": {
        items: [
          { id: "u", email: "me@example.org", role: "admin" },
          { id: "o", email: "owner@example.org", role: "owner" },
          { id: "v", email: "viewer@example.org", role: "viewer" },
        ],
      },
    })
    const changeable = [...window.document.querySelectorAll("td select")].map((select) => select.getAttribute("aria-label"))
    assert.deepEqual(changeable, ["Role of viewer@example.org"])
    const offered = [...window.document.querySelectorAll<HTMLOptionElement>("td option")].map((option) => option.value)
    assert.deepEqual(offered, ["viewer", "analyst", "auditor", "admin"])
  })

  it("narrow the audit log to one action, in the address", async () => {
    const entry = {
      sequence: 7, at, actor: { kind: "person", id: "u", name: "me@example.org" }, action: "api_token.created", subject: "t9",
      details: { name: "tickets" }, address: "192.0.2.7",
    }
    const { find, click, window, requests } = await open("/settings?tab=audit", { ...as("owner", "view_audit"), "/v1/audit": page(entry) })
    assert.equal(find(".list-body .cell-details").textContent, "name tickets")
    await click(find(".list-body .cell-action button"))
    assert.equal(window.location.search, "?action=api_token.created&tab=audit")
    assert.ok(requests.includes("/v1/audit?action=api_token.created&limit=100"), requests.join("\n"))
  })
})

describe("the exceptions", () => {
  const actor = (user_id: string, name: string) => ({ user_id, name, at: "2026-08-16T12:00:00Z", comment: "" })
  const asked = {
    id: "e1", state: "requested", vulnerability: "CVE-2024-6387", package: "pkg:deb/debian/openssh", label: null, agent_id: null,
    reason: "no route from outside", expires_at: "2099-01-01T00:00:00Z", request: actor("u", "me@example.org"), decision: null, revocation: null,
  }
  const as = (...permissions: string[]) => ({ ...session, "/v1/auth/refresh": { ...session["/v1/auth/refresh"], permissions } })
  const buttons = (window: JSDOM["window"]) => [...window.document.querySelectorAll("td button")].map((button) => button.textContent)

  it("cannot be approved by whoever asked, only taken back", async () => {
    const { window, text } = await open("/exceptions", { ...as("request_exceptions", "decide_exceptions"), "/v1/exceptions": page(asked) })
    assert.match(text(), /CVE-2024-6387 of pkg:deb\/debian\/openssh.*no route from outside.*to be decided, until 2099-01-01.*asked by me@example\.org/)
    assert.deepEqual(buttons(window), ["Take back"])
  })

  it("are approved by somebody else, who is asked once more", async () => {
    const { window, find, click, requests } = await open("/exceptions", {
      ...as("decide_exceptions"),
      "/v1/exceptions": page({ ...asked, request: actor("o", "other@example.org") }),
      "/v1/exceptions/e1/decision": asked,
    })
    assert.deepEqual(buttons(window), ["Approve", "Reject"])
    await click(find("[aria-label='Approve exception for CVE-2024-6387']"))
    await click(find(".confirm .button-danger"))
    assert.ok(requests.includes("/v1/exceptions/e1/decision"))
  })

  it("that are over or refused cannot be changed", async () => {
    const over = { ...asked, state: "expired", decision: actor("o", "other@example.org") }
    const { window, text } = await open("/exceptions?vulnerability=CVE-2024-6387", {
      ...as("request_exceptions", "decide_exceptions"),
      "/v1/exceptions?vulnerability=CVE-2024-6387&limit=100": page(over, { ...asked, id: "e2", state: "rejected", decision: actor("o", "other@example.org") }),
    })
    assert.deepEqual(buttons(window), [])
    assert.match(text(), /expired 2099-01-01.*approved by other@example\.org.*rejected by other@example\.org/)
    assert.equal((window.document.querySelector("[name=vulnerability]") as HTMLInputElement).value, "CVE-2024-6387")
  })

  it("show on the findings that they accept", async () => {
    const accepted = { ...finding(), state: "accepted", exceptions: [{ ...asked, state: "active" }] }
    const { find } = await open("/agents/a1", { ...session, "/v1/feeds": loaded, "/v1/agents/a1": agentDetail({ id: "a1" }), "/v1/agents/a1/findings": page(accepted) })
    assert.equal(find(".badge-accepted").title, "no route from outside")
  })
})

describe("agents that are kept out", () => {
  const barred = { id: "a1", hostname: "web-01", standing: "quarantined", reason: "the key is on two machines", since: "2026-08-16T12:00:00Z" }
  const answers = {
    ...session,
    "/v1/feeds": loaded,
    "/v1/barred-agents": { items: [barred] },
    "/v1/agents": page(agentSummary({ id: "a1" })),
    "/v1/agents/a1": agentDetail({ id: "a1" }),
    "/v1/agents/a1/findings": page(finding()),
  }

  it("are named above the list, with the reason", async () => {
    const { find } = await open("/agents", answers)
    assert.match(find("[data-kind=barred]").textContent ?? "", /1 agent kept out.*web-01 quarantined.*the key is on two machines/)
  })

  it("can be let in again only by whoever manages agents", async () => {
    const { find, window } = await open("/agents/a1", answers)
    assert.match(find("[data-kind=barred]").textContent ?? "", /until somebody has looked/)
    assert.equal(window.document.querySelector("[aria-label='Let in again web-01']"), null)
  })

  it("are let in again by a button that asks once more", async () => {
    const refresh = { ...session["/v1/auth/refresh"], permissions: ["manage_agents"] }
    const { find, click, requests } = await open("/agents/a1", { ...answers, "/v1/auth/refresh": refresh, "/v1/agents/a1/standing": new Response(null, { status: 204 }) })
    await click(find("[aria-label='Let in again web-01']"))
    await click(find(".confirm .button-danger"))
    assert.equal(requests.filter((path) => path === "/v1/agents/a1/standing").length, 1)
  })
})

describe("a vulnerability", () => {
  it("is explained for the package in the address", async () => {
    const purl = "pkg:deb/debian/openssh-server@1%3A9.2p1-2%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=openssh"
    const { text, requests } = await open(`/vulnerabilities/CVE-2024-6387?package=${encodeURIComponent(purl)}`, {
      ...session,
      "/v1/feeds": loaded,
      "/v1/vulnerabilities/CVE-2024-6387": vulnerability(),
      "/v1/vulnerabilities/CVE-2024-6387/agents": page({ agent: agentSummary({ id: "a1" }), packages: finding().packages }),
      "/v1/vulnerabilities/CVE-2024-6387/explanation": {
        package: purl,
        coordinates: { scope: "Debian:12", name: "openssh", version: "1:9.2p1-2+deb12u1" },
        vulnerability: "CVE-2024-6387",
        status: "affected",
        reason: "in_range",
        sentence: "openssh 1:9.2p1-2+deb12u1 is older than 1:9.2p1-2+deb12u3.",
        evidence: [
          {
            advisory: "DSA-5724-1",
            feed: "osv/Debian",
            range: "[introduced 0, fixed 1:9.2p1-2+deb12u3)",
            comparisons: ["1:9.2p1-2+deb12u1 < 1:9.2p1-2+deb12u3"],
            outcome: "affected",
            decided: true,
            note: null,
          },
        ],
        index_digest: "abc",
      },
    })
    const asked = requests.find((path) => path.includes("explanation"))
    assert.equal(new URL(asked ?? "", "http://localhost").searchParams.get("package"), purl)
    assert.match(text(), /is older than 1:9\.2p1-2\+deb12u3/)
    assert.match(text(), /DSA-5724-1.*decided/)
    assert.match(text(), /SSVC: Track\*.*exploit code public, not automatable \(assumed\), total impact \(assumed\), medium mission \(assumed\)/)
    assert.match(text(), /exploit code 0\.0/)
    assert.match(text(), /Exploit Database 52001/)
  })

  it("that no agent has is good news only after computing", async () => {
    const { find } = await open("/vulnerabilities/CVE-2024-6387", {
      ...session,
      "/v1/feeds": loaded,
      "/v1/overview": overview(),
      "/v1/vulnerabilities/CVE-2024-6387": { ...vulnerability(), agents: 0 },
      "/v1/vulnerabilities/CVE-2024-6387/agents": page(),
    })
    assert.equal(find(".notice").dataset.kind, "clear")
  })

  it("links only to web addresses that the feeds name", async () => {
    const { window } = await open("/vulnerabilities/CVE-2024-6387", {
      ...session,
      "/v1/vulnerabilities/CVE-2024-6387": { ...vulnerability(), references: ["javascript:alert(1)", "https://www.openssh.com/", "not an address"] },
    })
    const links = [...window.document.querySelectorAll(".references a")].map((link) => link.getAttribute("href"))
    assert.deepEqual(links, ["https://www.openssh.com/"])
  })
})

describe("live updates", () => {
  it("bring an event onto the page without a reload", async () => {
    const answers: Record<string, unknown> = { ...session, "/v1/overview": overview(), "/v1/events": page(), "/v1/vulnerabilities": page() }
    const { socket, text, requests } = await open("/", answers)
    await act(async () => {
      socket().open()
      await new Promise<void>((done) => setImmediate(done))
      socket().tell({ type: "subscribed", latest: 3 })
      // What was asked for before the subscription is asked for again, and that is over here.
      await new Promise((done) => setTimeout(done, 400))
    })
    await rest()
    assert.deepEqual(socket().sent, [{ type: "subscribe", after: null, access_token: "t" }])
    const before = requests.filter((path) => path === "/v1/overview").length
    await act(async () => {
      socket().tell({ type: "event", event: { id: 4, at: new Date().toISOString(), type: "agent_enrolled", data: { agent_id: "a9", hostname: "web-99" } } })
      await new Promise((done) => setTimeout(done, 400))
    })
    await rest()
    assert.match(text(), /web-99 enrolled/)
    assert.ok(requests.filter((path) => path === "/v1/overview").length > before, "the numbers are asked for again")
  })

  it("say when they are interrupted", async () => {
    const { socket, find } = await open("/", { ...session, "/v1/overview": overview(), "/v1/events": page(), "/v1/vulnerabilities": page() })
    assert.equal(find(".live").textContent, "connecting")
    await act(async () => {
      socket().open()
      await new Promise<void>((done) => setImmediate(done))
      socket().tell({ type: "subscribed", latest: 3 })
    })
    assert.equal(find(".live").textContent, "live")
    await act(async () => socket().end())
    assert.equal(find(".live").textContent, "reconnecting")
  })
})
