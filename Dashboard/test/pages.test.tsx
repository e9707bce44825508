import assert from "node:assert/strict"
import { afterEach, describe, it } from "node:test"
import { JSDOM } from "jsdom"
import type { Root } from "react-dom/client"
import { act } from "react-dom/test-utils"
import { agentDetail, agentSummary, finding, ImmediateChannel, overview, reply, SilentSocket, vulnerability } from "./fixtures"
import type { Running } from "@/types/api"

/**
 * Whole pages over a server that is made up per test: what is asked of it and what people read.
 * The application is loaded only once there is a window, since React looks for one when it loads.
 */
type Answers = Readonly<Record<string, unknown>>

interface Opened {
  readonly window: JSDOM["window"]
  readonly requests: string[]
  /** What was asked to be changed: method, path and body. */
  readonly sent: { readonly method: string; readonly path: string; readonly body: unknown }[]
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
  const sent: Opened["sent"] = []
  const answer = async (input: RequestInfo | URL, init?: RequestInit) => {
    const path = String(input)
    requests.push(path)
    if (init?.method && !/refresh|logout/.test(path)) sent.push({ method: init.method, path, body: init.body ? JSON.parse(String(init.body)) : undefined })
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
  // Nothing is laid out here: every element reports a size, so that lists have rows in view and plots are drawn.
  window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList
  window.HTMLElement.prototype.getBoundingClientRect = () => ({ top: 0, bottom: 0, height: 900, left: 0, width: 900 }) as DOMRect
  Object.defineProperty(window.HTMLElement.prototype, "clientWidth", { value: 900 })

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
    sent,
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

describe("a password reset", () => {
  const answers = { "/v1/auth/refresh": reply(401, { error: { code: "unauthorized", message: "no", request_id: "r" } }) }
  const enter = async ({ window, find, click }: Opened) => {
    for (const name of ["new_password", "new_password_again"]) (window.document.querySelector(`[name=${name}]`) as HTMLInputElement).value = "a b c d e f g h"
    await click(find("button[type=submit]"))
  }

  it("takes the token from behind the # and leads to signing in", async () => {
    const opened = await open("/password-reset#ztp_secret", { ...answers, "/v1/auth/password-reset": new Response(null, { status: 204 }) })
    assert.equal((opened.find("[name=token]") as HTMLInputElement).value, "ztp_secret")
    await enter(opened)
    assert.deepEqual(opened.sent, [{ method: "POST", path: "/v1/auth/password-reset", body: { token: "ztp_secret", password: "a b c d e f g h" } }])
    assert.match(opened.text(), /Your password is set/)
    await opened.click(opened.find(".sign-in a"))
    assert.equal(opened.find("h1").textContent, "Sign in")
    assert.equal(opened.window.location.hash, "")
  })

  it("says that a token is of no use any longer", async () => {
    const refused = reply(401, { error: { code: "invalid_token", message: "This token is unknown, was used or has run out.", request_id: "r" } })
    const opened = await open("/password-reset#ztp_old", { ...answers, "/v1/auth/password-reset": refused })
    await enter(opened)
    assert.match(opened.find("[role=alert]").textContent ?? "", /was used or has run out/)
  })
})

describe("the overview", () => {
  it("counts what is overdue and leads to it", async () => {
    const { find } = await open("/", { ...session, "/v1/overview": overview({ overdue: 3 }), "/v1/events": page(), "/v1/vulnerabilities": page() })
    const link = find(".counts-foot a")
    assert.equal(link.textContent, "3 overdue")
    assert.equal(link.getAttribute("href"), "/vulnerabilities?overdue=true")
  })

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

  it("shows how the counts went over the time that is chosen", async () => {
    const { find, click, requests, window } = await open("/?days=30", {
      ...session,
      "/v1/overview": overview(),
      "/v1/events": page(),
      "/v1/vulnerabilities": page(),
      "/v1/trend": { items: [{ hour: "2026-08-01T10:00:00Z", counts: { ...overview().counts, critical: 9 }, agents: 2 }] },
    })
    assert.equal(find(".area-trend h2").textContent, "Last 30 days")
    assert.match(find(".plot svg").getAttribute("aria-label") ?? "", /over the last 30 days: .*critical from 9 to 3/)
    await click(find(".spans [aria-label='Last year']"))
    assert.equal(window.location.search, "?days=365")
    assert.deepEqual(requests.filter((path) => path.startsWith("/v1/trend")), ["/v1/trend?days=30", "/v1/trend?days=365"])
  })

  it("shows what scanning costs the middle of the fleet and its far end", async () => {
    const cost = {
      agents: 230,
      cpu_seconds: { p50: 0.4213, p99: 12.34 },
      wall_seconds: { p50: 4, p99: 250 },
      paused_seconds: { p50: 0, p99: 7_500 },
      peak_memory: null,
    }
    const { window, requests } = await open("/", {
      ...session,
      "/v1/overview": overview(),
      "/v1/events": page(),
      "/v1/vulnerabilities": page(),
      "/v1/scan-cost": cost,
    })
    const rows = [...window.document.querySelectorAll(".scan-costs tr")].map((row) => [...row.children].map(({ textContent }) => textContent))
    assert.deepEqual(rows, [
      ["What", "p50", "p99"],
      ["Processor time", "0.42 s", "12.3 s"],
      ["Start to end", "4.00 s", "4 min 10 s"],
      ["of it at rest", "0 s", "2 h 5 min"],
      ["Most memory", "unknown", "unknown"],
    ])
    assert.deepEqual(requests.filter((path) => path.startsWith("/v1/scan-cost")), ["/v1/scan-cost"])
  })

  it("says when no agent has told what a scan cost", async () => {
    const nothing = { agents: 0, cpu_seconds: null, wall_seconds: null, paused_seconds: null, peak_memory: null }
    const { text, window } = await open("/", { ...session, "/v1/overview": overview(), "/v1/events": page(), "/v1/vulnerabilities": page(), "/v1/scan-cost": nothing })
    assert.match(text(), /No agent has told in the last 30 days what a scan cost/)
    assert.equal(window.document.querySelector(".scan-costs"), null)
  })

  it("goes on when it cannot be had what scanning costs", async () => {
    const broken = reply(500, { error: { code: "internal", message: "It broke.", request_id: "r43" } })
    const { text, find } = await open("/", { ...session, "/v1/overview": overview(), "/v1/events": page(), "/v1/vulnerabilities": page(), "/v1/scan-cost": broken })
    assert.match(text(), /Could not load what scanning costs.*It broke\..*r43/)
    assert.match(find(".counts").textContent ?? "", /critical/)
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

  it("that do not call any longer are marked and can be listed alone", async () => {
    const { find, click, window, requests } = await open("/agents", {
      ...session,
      "/v1/feeds": loaded,
      "/v1/agents": page(agentSummary({ id: "a1", silent: true }), agentSummary({ id: "a2", hostname: "web-02" })),
    })
    const states = [...window.document.querySelectorAll(".list-body .cell-state")].map((cell) => cell.textContent)
    assert.match(states[0] ?? "", /^silent \d+[dy]$/)
    assert.equal(states[1], "up to date")
    await click(find("[title^='Only agents that do not call']"))
    assert.equal(window.location.search, "?silent=true")
    assert.ok(requests.includes("/v1/agents?silent=true&sort=risk&limit=100"), requests.join("\n"))
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
  it("that are overdue are marked, and listed alone as those given to oneself are", async () => {
    const { find, requests, window } = await open("/vulnerabilities?overdue=true&mine=true", {
      ...session,
      "/v1/feeds": loaded,
      "/v1/vulnerabilities": page({ ...vulnerability(), due_at: "2026-08-20T12:00:00Z", overdue: true }),
    })
    assert.ok(requests.includes("/v1/vulnerabilities?overdue=true&assignee=me&limit=100"), requests.join("\n"))
    assert.equal(find(".list-body .cell-summary .badge").textContent, "overdue")
    assert.equal(window.document.querySelectorAll(".chip[aria-pressed=true]").length, 2)
  })

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

  it("shows what its last scan cost and why it rested", async () => {
    const last_scan = {
      reported_at: "2026-08-16T11:00:00Z",
      cpu_seconds: 1.5,
      wall_seconds: 62,
      paused_seconds: { disk: 4, battery: 6, heat: 0 },
      waited_seconds: null,
      bytes_read: 1_000,
      peak_memory: 41_943_040,
      yields: ["nice"],
    }
    const { window, find } = await open("/agents/a1", { ...session, "/v1/feeds": loaded, "/v1/agents/a1": agentDetail({ id: "a1", last_scan }), "/v1/agents/a1/findings": page() })
    const facts = [...window.document.querySelectorAll(".fact")].map(({ textContent }) => textContent ?? "")
    assert.match(facts.find((fact) => fact.startsWith("Last scan")) ?? "", /^Last scan1\.50 s of processor, 1 min 2 s in all, 10\.0 s at rest, 40 MiB .* ago$/)
    assert.equal(find(".fact [title^=disk]").title, "disk 4.00 s, battery 6.00 s")
  })

  it("says when it has not told what its last scan cost", async () => {
    const { window } = await open("/agents/a1", { ...session, "/v1/feeds": loaded, "/v1/agents/a1": agentDetail({ id: "a1" }), "/v1/agents/a1/findings": page() })
    const facts = [...window.document.querySelectorAll(".fact")].map(({ textContent }) => textContent ?? "")
    assert.equal(facts.includes("Last scancost not told"), true)
  })

  const running: Running = {
    since: "2026-08-16T11:00:00Z",
    kernel: { release: "6.1.0-18-amd64", newer: "6.1.0-25-amd64" },
    reboot_pending: true,
    reboot_reasons: ["kernel", "requested"],
    reboot_packages: ["libc6"],
    restart_pending: true,
    restarts: [
      { service: null, program: "old", packages: [], files: ["libgone.so.1"] },
      { service: "ssh.service", program: "sshd", packages: ["pkg:deb/debian/libssl3@3.0.15-1%7Edeb12u1?arch=amd64"], files: ["libssl.so.3"] },
    ],
    listeners: [
      { transport: "tcp", port: 22, reach: "any", service: "ssh.service", program: "sshd", package: "pkg:deb/debian/openssh-server@1%3A9.2p1-2?arch=amd64" },
      { transport: "udp", port: 53, reach: "loopback", service: null, program: null, package: null },
    ],
    gaps: [],
  }
  const cellsOf = (window: JSDOM["window"], table: string) =>
    [...window.document.querySelectorAll(`table[aria-label="${table}"] tbody tr`)].map((row) => [...row.children].map(({ textContent }) => textContent))
  const runningAt = (value: Running | null) => ({ ...session, "/v1/feeds": loaded, "/v1/agents/a1": agentDetail({ id: "a1", running: value }), "/v1/agents/a1/findings": page() })

  it("shows what waits for a restart and where it can be reached", async () => {
    const { window, text } = await open("/agents/a1?tab=running", runningAt(running))
    assert.match(text(), /It runs kernel 6\.1\.0-18-amd64; 6\.1\.0-25-amd64 is installed\. The system asks for it for the sake of libc6\./)
    assert.deepEqual(cellsOf(window, "Programs to restart"), [
      ["none", "old", "libgone.so.1", "none"],
      ["ssh.service", "sshd", "libssl.so.3", "libssl3 3.0.15-1~deb12u1"],
    ])
    assert.deepEqual(cellsOf(window, "Listening"), [
      ["22/tcp", "all of its addresses", "ssh.service", "sshd", "openssh-server 1:9.2p1-2"],
      ["53/udp", "this machine alone", "unknown", "unknown", "unknown"],
    ])
    assert.deepEqual([...window.document.querySelectorAll(".page-head .badge")].map(({ textContent }) => textContent), ["reboot pending", "restart pending"])
    assert.equal(window.document.querySelector(".running .notice"), null)
  })

  it("says that nothing waits only when it could look", async () => {
    const calm = { ...running, kernel: null, reboot_pending: false, reboot_reasons: [], reboot_packages: [], restart_pending: false, restarts: [], listeners: [] }
    const seen = await open("/agents/a1?tab=running", runningAt(calm))
    assert.match(seen.text(), /The machine need not be restarted.*No program runs from files that were replaced.*Nothing waits at a port/)
    assert.equal(seen.window.document.querySelector(".page-head .badge"), null)
    await close?.()

    const { text, find } = await open("/agents/a1?tab=running", runningAt({ ...calm, gaps: ["processes", "kernels", "sockets", "what_may_come"] }))
    assert.match(find(".notice[data-kind=pending]").textContent ?? "", /Not all of it could be seen.*Processes of others.*Installed kernels.*Open ports.*what may come/)
    assert.match(text(), /Of the machine it is not known.*Of programs it is not known.*Not known\./)
    assert.equal(/need not be restarted|No program runs|Nothing waits/.test(text()), false)
  })

  it("of which it is not known what runs says so", async () => {
    const { find, window } = await open("/agents/a1?tab=running", runningAt(null))
    assert.equal(find(".tabs + .notice").dataset.kind, "vacant")
    assert.equal(window.document.querySelector(".page-head .badge"), null)
  })

  it("says of each finding how it is in use, where that is known", async () => {
    const findings = (["listening", "running", "installed", null] as const).map((exposure, index) => ({ ...finding(), exposure, vulnerability: { ...vulnerability(), id: `CVE-2024-000${index}` } }))
    const { window } = await open("/agents/a1", { ...session, "/v1/feeds": loaded, "/v1/agents/a1": agentDetail({ id: "a1" }), "/v1/agents/a1/findings": page(...findings) })
    const shown = [...window.document.querySelectorAll(".list-findings .list-body .cell-package")].map((cell) => cell.querySelector(".badge")?.textContent)
    assert.deepEqual(shown, ["listening", "running", "installed", undefined])
  })

  it("that does not call any longer is said to be silent", async () => {
    const { find } = await open("/agents/a1", { ...session, "/v1/feeds": loaded, "/v1/agents/a1": agentDetail({ id: "a1", silent: true }), "/v1/agents/a1/findings": page(finding()) })
    assert.match(find("[data-kind=silent]").textContent ?? "", /does not call any longer.*See whether the machine is up/)
  })

  it("does not seem to be computing while there are no advisories to compute with", async () => {
    const { text, window } = await open("/agents/a1", {
      ...session,
      "/v1/feeds": missing,
      "/v1/agents/a1": agentDetail({ id: "a1", inventory_state: "pending", applied_digest: null, total: 0, packages: 0 }),
      "/v1/agents/a1/findings": page(),
    })
    assert.match(text(), /no advisories are loaded/)
    const tabs = [...window.document.querySelectorAll(".tab")].map((tab) => tab.textContent)
    assert.deepEqual(tabs, ["Findings", "Packages", "Running"])
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

  it("show everybody the own account, and nobody what is not theirs to see", async () => {
    const { window, text } = await open("/settings", { ...as("viewer", "manage_own_sessions"), "/v1/sessions": { items: [mine] } })
    assert.deepEqual(tabs(window), ["Your account"])
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

  const fill = (window: JSDOM["window"], values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) {
      const field = window.document.querySelector<HTMLInputElement>(`[name="${name}"]`)
      assert(field, `there is no field ${name}`)
      field.value = value
    }
  }
  const nothing = () => new Response(null, { status: 204 })
  const submit = "button[type=submit]"

  it("change the own password, and show what the server says against it", async () => {
    const own = { ...as("viewer", "manage_own_sessions"), "/v1/sessions": { items: [mine] } }
    const passwords = { old_password: "old old old old", new_password: "new new new new", new_password_again: "new new new new" }
    const refused = await open("/settings?tab=account", {
      ...own,
      "/v1/me/password": reply(403, { error: { code: "invalid_credentials", message: "The old password is wrong.", request_id: "r" } }),
    })
    fill(refused.window, passwords)
    await refused.click(refused.find(submit))
    assert.match(refused.text(), /The old password is wrong\./)
    await close?.()

    const taken = await open("/settings?tab=account", { ...own, "/v1/me/password": nothing() })
    fill(taken.window, passwords)
    await taken.click(taken.find(submit))
    assert.deepEqual(taken.sent, [{ method: "PUT", path: "/v1/me/password", body: { old_password: "old old old old", new_password: "new new new new" } }])
    assert.match(taken.text(), /Your other sessions have ended/)
    assert.equal((taken.find("[name=new_password]") as HTMLInputElement).value, "")
  })

  it("do not send two new passwords that differ", async () => {
    const { window, find } = await open("/settings?tab=account", { ...as("viewer", "manage_own_sessions"), "/v1/sessions": { items: [mine] } })
    fill(window, { old_password: "old old old old", new_password: "new new new new", new_password_again: "other other other" })
    const again = find("[name=new_password_again]") as HTMLInputElement
    again.dispatchEvent(new window.Event("input", { bubbles: true }))
    assert.equal(again.validationMessage, "The two are not equal.")
    again.value = "new new new new"
    again.dispatchEvent(new window.Event("input", { bubbles: true }))
    assert.equal(again.validationMessage, "")
  })

  it("show where others are signed in, and end that after asking once more", async () => {
    const theirs = { ...mine, id: "s/2", address: null, current: false }
    const { window, find, click, sent, requests } = await open("/settings", {
      ...as("admin", "view_users", "manage_users"),
      "/v1/users": {
        items: [
          { id: "u", email: "me@example.org", role: "admin" },
          { id: "o", email: "owner@example.org", role: "owner" },
          { id: "v", email: "viewer@example.org", role: "viewer" },
        ],
      },
      "/v1/users/v/sessions": { items: [theirs] },
      "/v1/users/o/sessions": { items: [{ ...theirs, id: "s3", address: "192.0.2.9" }] },
      "/v1/users/v/sessions/s%2F2": nothing(),
    })
    const buttons = [...window.document.querySelectorAll("[aria-label^='Sessions of']")].map((button) => button.getAttribute("aria-label"))
    assert.deepEqual(buttons, ["Sessions of owner@example.org", "Sessions of viewer@example.org"], "one's own are with the account")
    const asked = () => requests.filter((path) => path.endsWith("/sessions"))
    assert.deepEqual(asked(), [])
    await click(find("[aria-label='Sessions of viewer@example.org']"))
    assert.deepEqual(asked(), ["/v1/users/v/sessions"])
    await click(find("[aria-label='End session from unknown']"))
    assert.deepEqual(sent, [])
    await click(find(".confirm .button-danger"))
    assert.deepEqual(sent, [{ method: "DELETE", path: "/v1/users/v/sessions/s%2F2", body: undefined }])

    await click(find("button[aria-label='Sessions of owner@example.org']"))
    assert.match(find("table[aria-label='Sessions of owner@example.org']").textContent ?? "", /192\.0\.2\.9/)
    assert.equal(window.document.querySelector("[aria-label^='End session']"), null, "an admin ends no sessions of owners")
    await click(find("button[aria-label='Sessions of owner@example.org']"))
    assert.equal(window.document.querySelector("table[aria-label^='Sessions of']"), null)
  })

  it("let an auditor see where others are signed in, and end nothing", async () => {
    const { window, find, click } = await open("/settings", {
      ...as("auditor", "view_users"),
      "/v1/users": { items: [{ id: "v", email: "viewer@example.org", role: "viewer" }] },
      "/v1/users/v/sessions": { items: [{ ...mine, current: false }] },
    })
    await click(find("[aria-label='Sessions of viewer@example.org']"))
    assert.match(find("table[aria-label='Sessions of viewer@example.org']").textContent ?? "", /192\.0\.2\.7/)
    assert.equal(window.document.querySelector("[aria-label^='End session']"), null)
  })

  it("show the link of a password reset once, and offer none for owners", async () => {
    const { window, find, click, text, sent } = await open("/settings", {
      ...as("admin", "view_users", "manage_users"),
      "/v1/users": { items: [{ id: "o", email: "owner@example.org", role: "owner" }, { id: "v", email: "viewer@example.org", role: "viewer" }] },
      "/v1/users/v/password-reset": reply(201, { token: "ztp_secret", expires_at: later }),
    })
    assert.equal(window.document.querySelector("[aria-label='Reset password of owner@example.org']"), null)
    await click(find("[aria-label='Reset password of viewer@example.org']"))
    await click(find(".confirm .button-danger"))
    assert.deepEqual(sent, [{ method: "POST", path: "/v1/users/v/password-reset", body: undefined }])
    assert.match(find(".new-secret").textContent ?? "", /viewer@example\.org.*http:\/\/localhost\/password-reset#ztp_secret.*not shown again/)
    await click(find(".new-secret > .button"))
    assert.ok(!text().includes("ztp_secret"))
  })

  it("say what becomes of machines that enroll again, and let only those change it who may", async () => {
    const answers = { "/v1/enrollment-tokens": { items: [] }, "/v1/enrollment-policy": { reenrollment: "quarantine" } }
    const looking = await open("/settings", { ...as("auditor", "view_enrollment"), ...answers })
    assert.match(looking.text(), /Quarantine\. It is kept out until somebody has looked/)
    assert.equal(looking.window.document.querySelector("[name=reenrollment]"), null)
    await close?.()

    const { window, find, click, sent, text } = await open("/settings", { ...as("admin", "view_enrollment", "manage_enrollment"), ...answers })
    assert.equal((find("[name=reenrollment]:checked") as HTMLInputElement).value, "quarantine")
    await click(find("[value=refuse]"))
    await click([...window.document.querySelectorAll<HTMLElement>(submit)].at(-1) as HTMLElement)
    assert.deepEqual(sent, [{ method: "PUT", path: "/v1/enrollment-policy", body: { reenrollment: "refuse" } }])
    assert.match(text(), /Saved/)
  })

  it("send the due dates that are entered, and no others", async () => {
    const policy = { severity: { critical: 7, high: 30 }, decision: { act: 3 }, exploited: null }
    const looking = await open("/settings", { ...as("viewer", "view_findings"), "/v1/sla-policy": policy })
    assert.deepEqual(tabs(looking.window), ["Due dates", "Retention"])
    assert.match(looking.text(), /Known to be exploitedno dateSeverity critical7 days/)
    assert.equal(looking.window.document.querySelector(".settings input"), null)
    await close?.()

    const { window, find, click, sent } = await open("/settings", { ...as("admin", "view_findings", "manage_policy"), "/v1/sla-policy": policy })
    fill(window, { exploited: "0", high: "", medium: "90", "track*": "200" })
    await click(find(submit))
    const body = { severity: { critical: 7, medium: 90 }, decision: { act: 3, "track*": 200 }, exploited: 0 }
    assert.deepEqual(sent, [{ method: "PUT", path: "/v1/sla-policy", body }])
  })

  it("say how long events are kept, and for ever when nothing is entered", async () => {
    const looking = await open("/settings?tab=retention", { ...as("viewer", "view_findings"), "/v1/retention-policy": { event_days: null } })
    assert.match(looking.text(), /Events are kept for ever\./)
    assert.equal(looking.window.document.querySelector(".settings input"), null)
    await close?.()

    const managing = { ...as("admin", "view_findings", "manage_policy"), "/v1/retention-policy": { event_days: 365 } }
    const { window, find, click, sent } = await open("/settings?tab=retention", managing)
    assert.equal((find("[name=event_days]") as HTMLInputElement).value, "365")
    fill(window, { event_days: "90" })
    await click(find(submit))
    fill(window, { event_days: "" })
    await click(find(submit))
    assert.deepEqual(sent.map(({ path, body }) => [path, body]), [
      ["/v1/retention-policy", { event_days: 90 }],
      ["/v1/retention-policy", { event_days: null }],
    ])
  })

  const hook = {
    id: "n1", kind: "webhook", target: "https://hooks.example.org/findings", label: "", minimum_severity: "high", exploited_only: true,
    created_by: "me@example.org", created_at: at, secret: null,
  }
  const told = { id: "m1", endpoint_id: "n1", type: "finding.first_seen", state: "dead", created_at: at, attempts: 12, next_attempt_at: null, failure: "HTTP 500", delivered_at: null }
  const notified = { "/v1/notification-endpoints": { items: [hook] }, "/v1/notifications": page(told, { ...told, id: "m2", state: "delivered", failure: null, delivered_at: at }) }

  it("tell who is notified of what and what became of it, to look at for those who may not change it", async () => {
    const { window, text } = await open("/settings", { ...as("auditor", "view_notifications"), ...notified })
    assert.match(text(), /hooks\.example\.org\/findings.*webhook, made by me@example\.org.*high and worse, exploited only/)
    assert.match(text(), /finding first seen.*dead after 12 tries.*HTTP 500/)
    assert.equal(window.document.querySelectorAll(".settings form, .settings td button").length, 0)
  })

  it("test an endpoint, and try again what is dead", async () => {
    const { find, click, sent, text, window } = await open("/settings?tab=notifications", {
      ...as("admin", "view_notifications", "manage_notifications"),
      ...notified,
      "/v1/notification-endpoints/n1/test": reply(202, { id: "m3" }),
      "/v1/notifications/m1/retry": nothing(),
    })
    await click(find("[aria-label='Test https://hooks.example.org/findings']"))
    assert.match(text(), /A test is on its way/)
    assert.equal(window.document.querySelectorAll("[aria-label^='Try again']").length, 1, "what is delivered is not sent again")
    await click(find("[aria-label^='Try again']"))
    assert.deepEqual(sent.map(({ method, path }) => `${method} ${path}`), [
      "POST /v1/notification-endpoints/n1/test",
      "POST /v1/notifications/m1/retry",
    ])
  })

  it("ask the server for the dead notifications alone, by the address", async () => {
    const { requests, find } = await open("/settings?tab=notifications&state=dead", {
      ...as("admin", "view_notifications"),
      "/v1/notification-endpoints": { items: [] },
      "/v1/notifications": page(),
    })
    assert.ok(requests.includes("/v1/notifications?state=dead&limit=100"), requests.join("\n"))
    assert.match(find("[data-kind=clear]").textContent ?? "", /Nothing is dead/)
  })

  it("add a webhook and show its secret once", async () => {
    const { window, find, click, sent, text } = await open("/settings", {
      ...as("admin", "view_notifications", "manage_notifications"),
      "/v1/notification-endpoints": { ...hook, secret: "whsec_secret", items: [] },
      "/v1/notifications": page(),
    })
    const kind = find("form select") as HTMLSelectElement
    await act(async () => {
      kind.value = "webhook"
      kind.dispatchEvent(new window.Event("change", { bubbles: true }))
    })
    fill(window, { target: hook.target })
    await click(find(submit))
    assert.deepEqual(sent.map(({ body }) => body), [{ kind: "webhook", url: hook.target, label: "", minimum_severity: "high", exploited_only: false }])
    assert.match(find(".new-secret").textContent ?? "", /whsec_secret.*not shown again/)
    await click(find(".new-secret > .button"))
    assert.ok(!text().includes("whsec_secret"))
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

describe("the labels of an agent", () => {
  const answers = {
    ...session,
    "/v1/feeds": loaded,
    "/v1/agents/a1": agentDetail({ id: "a1", labels: ["web"] }),
    "/v1/agents/a1/findings": page(finding()),
    "/v1/agents/a1/labels": new Response(null, { status: 204 }),
  }

  it("are shown to everybody, and changed by whoever manages agents", async () => {
    const looking = await open("/agents/a1", answers)
    assert.equal(looking.find(".labels").textContent, "web")
    await close?.()

    const { find, click, sent } = await open("/agents/a1", { ...answers, "/v1/auth/refresh": { ...session["/v1/auth/refresh"], permissions: ["manage_agents"] } })
    await click(find("[aria-label='Change the labels of web-01']"))
    const field = find("[name=labels]") as HTMLInputElement
    assert.equal(field.value, "web")
    field.value = "web, , behind the proxy,web"
    await click(find(".labels button[type=submit]"))
    assert.deepEqual(sent, [{ method: "PUT", path: "/v1/agents/a1/labels", body: { labels: ["web", "behind the proxy"] } }])
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
  const note = { id: "n1", vulnerability: "CVE-2024-6387", package: null, author_id: "o", author: "other@example.org", at: "2026-08-16T12:00:00Z", text: "no route\nfrom outside" }
  const answers = {
    ...session,
    "/v1/feeds": loaded,
    "/v1/vulnerabilities/CVE-2024-6387": { ...vulnerability(), due_at: "2026-08-20T12:00:00Z", overdue: true },
    "/v1/vulnerabilities/CVE-2024-6387/agents": page(),
    "/v1/vulnerabilities/CVE-2024-6387/notes": page(note),
    "/v1/vulnerabilities/CVE-2024-6387/assignee": new Response(null, { status: 204 }),
    "/v1/users": { items: [{ id: "u", email: "analyst@example.org", role: "analyst" }, { id: "o", email: "other@example.org", role: "admin" }] },
  }
  const as = (...permissions: string[]) => ({ ...answers, "/v1/auth/refresh": { ...session["/v1/auth/refresh"], permissions } })
  const address = "/vulnerabilities/CVE-2024-6387"

  it("shows when it is due, whose it is, and the notes; who may only look is offered nothing", async () => {
    const { find, text, window } = await open(address, answers)
    assert.match(text(), /Assignednobody.*Due2026-08-20 overdue/)
    assert.equal(find(".note-text").textContent, note.text)
    assert.equal(window.document.querySelector("form, .triage button, .triage select"), null)
  })

  it("is taken by whoever may not see the people, and given to anybody by whoever may", async () => {
    const analyst = await open(address, as("view_findings", "triage"))
    await analyst.click(analyst.find(".triage button"))
    assert.deepEqual(analyst.sent, [{ method: "PUT", path: `/v1${address}/assignee`, body: { user_id: "u" } }])
    await close?.()

    const admin = await open(address, as("view_findings", "triage", "view_users"))
    const choice = admin.find(".triage select") as HTMLSelectElement
    assert.deepEqual([...choice.options].map(({ text }) => text), ["nobody", "analyst@example.org", "other@example.org"])
    await act(async () => {
      choice.value = "o"
      choice.dispatchEvent(new admin.window.Event("change", { bubbles: true }))
    })
    assert.deepEqual(admin.sent, [{ method: "PUT", path: `/v1${address}/assignee`, body: { user_id: "o" } }])
  })

  it("takes a note, and the field is empty then", async () => {
    const { find, click, sent } = await open(address, as("view_findings", "triage"))
    const field = find("[name=text]") as HTMLTextAreaElement
    field.value = " planned for Tuesday "
    await click(find(".new-note button"))
    assert.deepEqual(sent, [{ method: "POST", path: `/v1${address}/notes`, body: { text: "planned for Tuesday" } }])
    assert.equal(field.value, "")
  })

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
