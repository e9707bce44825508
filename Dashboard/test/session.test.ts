import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { ApiClient } from "@/lib/api-client"
import { ApiError } from "@/lib/api-error"
import { Session, type TabChannel } from "@/lib/session"
import { ManualClock, settle } from "./clock"

/** A server that rotates refresh tokens as the gateway does: one presented twice ends the session. */
class FakeServer {
  isReachable = true
  refreshes = 0
  cookie: string | null = null
  #live: string | null = null
  #count = 0
  readonly requests: string[] = []

  fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const path = String(input)
    this.requests.push(path)
    if (!this.isReachable) throw new TypeError("failed to fetch")
    // The cookie is read when the request leaves, and the answer comes later.
    const presented = this.cookie
    await settle()
    switch (path) {
      case "/v1/auth/login":
        return this.#grant()
      case "/v1/auth/refresh":
        this.refreshes++
        if (presented === null || presented !== this.#live) {
          this.#live = null
          return reply(401, { error: { code: "unauthorized", message: "no", request_id: "r1" } })
        }
        return this.#grant()
      case "/v1/auth/logout":
        this.#live = null
        this.cookie = null
        return new Response(null, { status: 204 })
      default: {
        const token = new Headers(init?.headers).get("Authorization")
        return token === `Bearer access ${this.#count}` ? reply(200, { path }) : reply(401, { error: { code: "token_expired" } })
      }
    }
  }) as typeof fetch

  #grant() {
    this.#count++
    this.#live = this.cookie = `refresh ${this.#count}`
    return reply(200, {
      access_token: `access ${this.#count}`,
      token_type: "Bearer",
      expires_in: 300,
      user: { id: "u", email: "a@example.org", role: "viewer" },
      company: { id: "c", name: "Example" },
      permissions: ["view_findings"],
    })
  }
}

function reply(status: number, body: unknown) {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } })
}

/** Tabs of one browser: they share the lock, the channel and the cookie. */
function makeTabs(count: number) {
  const server = new FakeServer()
  const clock = new ManualClock()
  const listeners = new Map<TabChannel, (event: MessageEvent) => void>()
  let last: Promise<unknown> = Promise.resolve()
  const exclusively = <Result>(work: () => Promise<Result>) => {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }
  const sessions = Array.from({ length: count }, () => {
    const channel: TabChannel = {
      postMessage: (data) => {
        for (const [other, listener] of listeners) if (other !== channel) listener({ data } as MessageEvent)
      },
      addEventListener: (_type, listener) => void listeners.set(channel, listener),
    }
    const { now, setTimer, clearTimer } = clock
    return new Session({ fetch: server.fetch, now, setTimer, clearTimer, exclusively, channel })
  })
  return { server, clock, sessions, first: sessions[0] as Session }
}

describe("Session", () => {
  it("is signed out without a cookie, and says nothing of an end", async () => {
    const { first } = makeTabs(1)
    await first.start()
    assert.deepEqual(first.state, { status: "signed-out", notice: null })
  })

  it("does not take an unreachable server for being signed out", async () => {
    const { server, first } = makeTabs(1)
    server.isReachable = false
    await first.start()
    assert.equal(first.state.status, "unreachable")
    server.isReachable = true
    await first.start()
    assert.equal(first.state.status, "signed-out")
  })

  it("signs in, and refreshes a minute before the token ends", async () => {
    const { server, clock, first } = makeTabs(1)
    await first.signIn("a@example.org", "secret")
    assert.equal(first.state.status, "signed-in")
    await clock.advance(239_000)
    assert.equal(server.refreshes, 0)
    await clock.advance(2_000)
    assert.equal(server.refreshes, 1)
    assert.equal(await first.accessToken(), "access 2")
  })

  it("refreshes once for callers at the same time", async () => {
    const { server, first } = makeTabs(1)
    await first.signIn("a@example.org", "secret")
    await Promise.all([first.refresh(), first.refresh(), first.refresh()])
    assert.equal(server.refreshes, 1)
  })

  it("keeps tabs from using one refresh token twice", async () => {
    const { server, sessions, first } = makeTabs(4)
    await first.signIn("a@example.org", "secret")
    await settle()
    assert.deepEqual(sessions.map(({ state }) => state.status), Array(4).fill("signed-in"))
    await Promise.all(sessions.map((session) => session.refresh()))
    assert.equal(server.refreshes, 1)
    assert.deepEqual(sessions.map(({ state }) => state.status), Array(4).fill("signed-in"))
  })

  it("signs out in every tab", async () => {
    const { sessions, first } = makeTabs(3)
    await first.signIn("a@example.org", "secret")
    await first.signOut()
    assert.deepEqual(sessions.map(({ state }) => state.status), Array(3).fill("signed-out"))
    await assert.rejects(first.accessToken(), (error) => error instanceof ApiError && error.status === 401)
  })

  it("tells why when the session ended elsewhere", async () => {
    const { server, first } = makeTabs(1)
    await first.signIn("a@example.org", "secret")
    server.cookie = "stolen and used"
    await first.refresh().catch(() => undefined)
    assert.deepEqual(first.state, { status: "signed-out", notice: "Your session has ended. Sign in again." })
  })

  it("stays signed in while the server is away, and tries again", async () => {
    const { server, clock, first } = makeTabs(1)
    await first.signIn("a@example.org", "secret")
    server.isReachable = false
    await clock.advance(250_000)
    assert.equal(first.state.status, "signed-in")
    server.isReachable = true
    await clock.advance(6_000)
    assert.equal(await first.accessToken(), "access 2")
  })
})

describe("ApiClient", () => {
  it("refreshes once when the server does not take the token any more", async () => {
    const { server, sessions, first } = makeTabs(2)
    await first.signIn("a@example.org", "secret")
    const other = sessions[1] as Session
    await other.refresh()
    // As if this tab had missed the news: the server knows only the newest token.
    await server.fetch("/v1/auth/refresh")
    const api = new ApiClient(first, server.fetch)
    assert.deepEqual(await api.get("/v1/overview", {}, new AbortController().signal), { path: "/v1/overview" })
  })

  it("leaves unset parameters out", async () => {
    const { server, first } = makeTabs(1)
    await first.signIn("a@example.org", "secret")
    const api = new ApiClient(first, server.fetch)
    await api.get("/v1/agents", { q: "", state: null, exploited: false, limit: 100, sort: "risk" }, new AbortController().signal)
    assert.equal(server.requests.at(-1), "/v1/agents?limit=100&sort=risk")
  })
})
