import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { changedSearch, type HistoryHost, matchPath, Router } from "@/lib/router"

/** A browser's history in memory. */
function makeHost(start = "/") {
  const entries: { address: string; state: unknown }[] = [{ address: start, state: null }]
  let index = 0
  let listener: (() => void) | null = null
  const host: HistoryHost = {
    get location() {
      const address = new URL(entries[index]?.address ?? "/", "http://localhost")
      return { pathname: address.pathname, search: address.search }
    },
    history: {
      get state() {
        return entries[index]?.state
      },
      pushState(state: unknown, _title: string, address: string) {
        entries.splice(index + 1, entries.length, { address, state })
        index++
      },
      replaceState(state: unknown, _title: string, address: string) {
        entries[index] = { address, state }
      },
      back() {
        index--
        listener?.()
      },
    } as HistoryHost["history"],
    addEventListener: (_type, added) => void (listener = added),
    removeEventListener: () => void (listener = null),
  }
  return { host, entries }
}

describe("matchPath", () => {
  const cases = [
    { pattern: "/", path: "/", expected: {} },
    { pattern: "/agents", path: "/agents/", expected: {} },
    { pattern: "/agents/:id", path: "/agents/a%2Fb", expected: { id: "a/b" } },
    { pattern: "/agents/:id", path: "/agents", expected: null },
    { pattern: "/agents", path: "/agents/1", expected: null },
    { pattern: "/agents/:id", path: "/vulnerabilities/1", expected: null },
    { pattern: "/agents/:id", path: "/agents/%E0%A4%A", expected: null },
  ]
  for (const { pattern, path, expected } of cases) {
    it(`${path} against ${pattern}`, () => assert.deepEqual(matchPath(pattern, path), expected))
  }
})

describe("changedSearch", () => {
  it("sets, replaces and removes, in alphabetical order", () => {
    assert.equal(changedSearch("?severity=high&q=ssl", { q: "curl", exploited: "true" }), "?exploited=true&q=curl&severity=high")
    assert.equal(changedSearch("?q=ssl", { q: "" }), "")
    assert.equal(changedSearch("", { q: "a b&c" }), "?q=a+b%26c")
  })
})

describe("Router", () => {
  it("adds an entry when going, and tells its listeners", () => {
    const { host, entries } = makeHost()
    const router = new Router(host)
    const seen: string[] = []
    router.subscribe(() => seen.push(router.place.path + router.place.search))
    router.go("/agents?q=web")
    assert.deepEqual(seen, ["/agents?q=web"])
    assert.equal(entries.length, 2)
  })

  it("replaces the entry for a filter and keeps its name", () => {
    const { host, entries } = makeHost("/agents")
    const router = new Router(host)
    router.go("/agents/1")
    const { entry } = router.place
    router.go("/agents/1?tab=packages", { replace: true })
    assert.equal(entries.length, 2)
    assert.equal(router.place.entry, entry)
  })

  it("does nothing when it is there already", () => {
    const { host, entries } = makeHost("/agents")
    const router = new Router(host)
    router.go("/agents")
    assert.equal(entries.length, 1)
  })

  it("goes up to the list as it was left, when it came from there", () => {
    const { host, entries } = makeHost("/agents?q=web")
    const router = new Router(host)
    router.go("/agents/1")
    router.go("/agents/1?tab=packages", { replace: true })
    router.goUp("/agents")
    assert.deepEqual(router.place, { path: "/agents", search: "?q=web", entry: "first", from: null })
    assert.equal(entries.length, 2)
  })

  it("goes up to the plain list from anywhere else", () => {
    const { host } = makeHost("/agents/1")
    const router = new Router(host)
    router.goUp("/agents")
    assert.deepEqual([router.place.path, router.place.from], ["/agents", "/agents/1"])
  })
})
